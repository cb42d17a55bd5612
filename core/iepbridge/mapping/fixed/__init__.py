"""Records of fixed width: a group is a type of record, a place is a name and a position."""
