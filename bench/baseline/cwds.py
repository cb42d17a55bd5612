"""CWDS (Pennsylvania) by hand: plans to records of 300 bytes and back, from `cwds.md` alone.

A plan's records are one `bytes` with CR LF after each; decoded ones are texts of 300 characters.
"""

from .cwds_read import decode, read_file, stream  # noqa: TID252
from .cwds_write import encode, header, trailer, write_file  # noqa: TID252

__all__ = ["decode", "encode", "header", "read_file", "stream", "trailer", "write_file"]
