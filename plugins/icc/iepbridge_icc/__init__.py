"""The adapter for Indiana Career Connect."""
