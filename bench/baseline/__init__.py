"""Straight-line hand-written translation: what the benchmark compares with, and a test oracle.

Written from the interface documents alone; nothing here knows the mapping files or what they
compile to.
"""
