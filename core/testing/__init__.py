"""core/testing."""
