"""The audit of a reward: how far it is from the truth, and what an agent would do for its pay."""
