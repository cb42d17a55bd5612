"""Stand-ins for the other side, with faults at any call."""
