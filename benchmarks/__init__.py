"""Matched-protocol runs: the search, its jobs, its report, and the speed benchmarks."""
