"""Every bound of the reward language, in one place."""

MAX_BYTES = 20_000
MAX_LINES = 400
MAX_TOKENS = 6_000
MAX_NODES = 4_000
MAX_DEPTH = 60
MAX_BRACKETS = 40
MAX_PREFIXES = 20
"""Unary operators in a row."""
MAX_NUMBER_CHARS = 40
MAX_TEXT_CHARS = 200
MAX_WHOLE = 2**53
MAX_FUNCTIONS = 24
MAX_CALL_DEPTH = 12
MAX_LOOP_DEPTH = 4
MAX_COMPONENTS = 32
MAX_NAME_CHARS = 64
MAX_PROBLEMS = 12

FUEL = 20_000
"""Loop iterations in one call; a loop is charged its whole length when it starts."""
MAX_ITEMS = 10_000
"""Elements of one list, array or range that becomes a list."""
MAX_VALUE = 1e6
"""Largest magnitude of a reward, potential or component."""

REGISTERS = 32
"""Arrays up to this size are compiled to scalars; larger ones live in memory."""
UNROLL_EASILY = 120
"""Loop length times syntax nodes of the body up to which a loop is always unrolled."""
UNROLL_AT_MOST = 4_000
"""The same product beyond which a loop is never unrolled."""
MAX_OPERATIONS = 6_000
"""Scalar operations of one compiled program."""
MAX_STEPS = 150_000
"""Syntax nodes visited while a program is checked, with unrolled loops and inlined calls."""
MAX_WORK = 4_000_000
"""Syntax nodes and elements visited in one interpreted call."""
