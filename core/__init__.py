"""alignenv: design, test and trust reward functions.

Importing this package registers the `AlignEnv-...` environments with Gymnasium and nothing else:
no torch, no numba, no language-model client.
"""

from alignenv.envs.suite import register_all

__version__ = "0.1.0"

register_all()
