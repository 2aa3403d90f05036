"""reward_design/designers."""
