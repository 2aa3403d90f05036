"""reward_design/llm."""
