"""Agents: SB3 training by presets, and success evaluation."""
