"""Reward design: designers, coders, the language-model layer, the sandbox and the study."""
