"""Coders: what writes reward programs, from a grammar to a language model."""

from __future__ import annotations

from alignenv.reward_design.coders.specs import CoderSpec, make_coder, parse_coder_spec

__all__ = ["CoderSpec", "make_coder", "parse_coder_spec"]
