"""Delimited members of an archive: a group is a member, a place is a column."""
