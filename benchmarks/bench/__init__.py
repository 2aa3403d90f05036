"""Benchmark tables from suites as data: cells, their records, statistics, tables and a page."""
