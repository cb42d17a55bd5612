"""ICC (Indiana) by hand: plans to the rows of its members and back, from `icc.md` alone.

`encode` and `write_file` carry plans out, `decode`, `read_file` and `stream` carry them in;
`packed` makes a file of what `encode` gave, `members_of` gives what two files of the same meaning
have in common.
"""

from . import icc_tables as tables  # noqa: TID252 - `bench.baseline` here, `baseline` there
from .icc_file import rows, unpacked  # noqa: TID252
from .icc_read import decode, read_file, stream  # noqa: TID252
from .icc_write import Rows, encode, packed, write_file  # noqa: TID252

__all__ = [
    "Rows",
    "decode",
    "encode",
    "members_of",
    "packed",
    "read_file",
    "stream",
    "write_file",
]


def members_of(content: bytes) -> dict[str, list[list[str]]]:
    """Give the rows of each member after the manifest, as cells; how they are quoted is gone."""
    texts, _ = unpacked(content)
    return {name: list(rows(text, tables.COLUMNS[name])) for name, text in texts.items()}
