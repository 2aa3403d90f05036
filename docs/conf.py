"""Sphinx configuration; `make docs` builds with warnings as errors and without network."""

from __future__ import annotations

from importlib import metadata

project = "alignenv"
author = "The alignenv authors"
project_copyright = "2026, The alignenv authors"
release = metadata.version("alignenv")
version = release

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"alignenv {release}"
html_copy_source = False

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_class_signature = "separated"
napoleon_google_docstring = True
napoleon_use_ivar = True
