"""Records: what delimited members and fixed-width files have in common.

A group is a record (a row of a member, a record of a type); places are its columns or positions.
"""
