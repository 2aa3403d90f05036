"""Generators of grids, one family a file, each drawing exactly what MiniGrid draws."""
