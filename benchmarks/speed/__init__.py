"""Side-by-side speed: every figure is a ratio measured in turns, on one core.

`python -m alignenv.benchmarks.speed` measures all of it and prints a table.
"""
