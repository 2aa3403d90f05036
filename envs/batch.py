"""Stands in for `alignenv.batch` until every import names it."""

from alignenv.batch import BatchEnv, Observations

__all__ = ["BatchEnv", "Observations"]
