"""reward_design/sandbox."""
