"""ICC (Indiana) by hand: plans to the rows of its members and back, from `icc.md` alone.

`encode` and `write_file` carry plans out, `decode`, `read_file` and `stream` carry them in;
`packed` makes a file of what `encode` gave.
"""

from .icc_read import decode, read_file, stream  # noqa: TID252
from .icc_write import Rows, encode, packed, write_file  # noqa: TID252

__all__ = ["Rows", "decode", "encode", "packed", "read_file", "stream", "write_file"]
