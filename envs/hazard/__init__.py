"""Tasks where the visible reward and what was meant come apart."""
