"""reward_design/study."""
