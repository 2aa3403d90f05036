"""reward_design/prompts."""
