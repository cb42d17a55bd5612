"""The adapter for CWDS (Pennsylvania)."""
