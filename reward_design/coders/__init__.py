"""reward_design/coders."""
