"""Analysts: who looks at a training and at recorded episodes and names what went wrong."""
