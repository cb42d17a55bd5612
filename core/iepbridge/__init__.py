"""Carry Individual Employment Plans between the systems of the states."""
