"""SFTP's packets, version 3: numbers and fields, as draft-ietf-secsh-filexfer-02 has them."""

import struct
from typing import Final, NamedTuple

INIT: Final = 1
VERSION: Final = 2
OPEN: Final = 3
CLOSE: Final = 4
READ: Final = 5
WRITE: Final = 6
LSTAT: Final = 7
FSTAT: Final = 8
FSETSTAT: Final = 10
OPENDIR: Final = 11
READDIR: Final = 12
REMOVE: Final = 13
MKDIR: Final = 14
RMDIR: Final = 15
REALPATH: Final = 16
STAT: Final = 17
RENAME: Final = 18
READLINK: Final = 19
STATUS: Final = 101
HANDLE: Final = 102
DATA: Final = 103
NAME: Final = 104
ATTRIBUTES: Final = 105
EXTENDED: Final = 200

OK: Final = 0
EOF: Final = 1
NO_SUCH_FILE: Final = 2
PERMISSION_DENIED: Final = 3
FAILURE: Final = 4
UNSUPPORTED: Final = 8
ALREADY_EXISTS: Final = 11
"""A code of later versions, which servers of this one use as well."""

FOR_READING: Final = 0x01
FOR_WRITING: Final = 0x02
CREATE: Final = 0x08
TRUNCATE: Final = 0x10
EXCLUSIVE: Final = 0x20

_SIZE: Final = 0x01
_OWNERS: Final = 0x02
_PERMISSIONS: Final = 0x04
_TIMES: Final = 0x08
_EXTENSIONS: Final = 0x80000000


class Garbled(Exception):
    """A packet is not what the protocol says."""


class Attributes(NamedTuple):
    """What a server tells of a file; None for what it leaves out."""

    size: int | None = None
    permissions: int | None = None
    modified: int | None = None


NOTHING: Final = struct.pack(">I", 0)
"""Attributes that say nothing."""


def number(value: int) -> bytes:
    """Pack a number of four bytes."""
    return struct.pack(">I", value)


def long(value: int) -> bytes:
    """Pack a number of eight bytes."""
    return struct.pack(">Q", value)


def text(value: bytes) -> bytes:
    """Pack bytes behind their length."""
    return struct.pack(">I", len(value)) + value


def permissions(mode: int) -> bytes:
    """Pack attributes that state a file's permissions alone."""
    return struct.pack(">II", _PERMISSIONS, mode)


class Fields:
    """The fields of a packet, read one after the other; raises `Garbled` at a wrong end."""

    def __init__(self, packet: bytes, start: int = 0) -> None:
        self._packet = packet
        self._place = start

    def number(self) -> int:
        """Read a number of four bytes."""
        return int.from_bytes(self._take(4), "big")

    def long(self) -> int:
        """Read a number of eight bytes."""
        return int.from_bytes(self._take(8), "big")

    def text(self) -> bytes:
        """Read bytes behind their length."""
        return self._take(self.number())

    def attributes(self) -> Attributes:
        """Read what is told of a file."""
        flags = self.number()
        size = self.long() if flags & _SIZE else None
        if flags & _OWNERS:
            self._take(8)
        mode = self.number() if flags & _PERMISSIONS else None
        modified = (self.number(), self.number())[1] if flags & _TIMES else None
        if flags & _EXTENSIONS:
            for _ in range(self.number()):
                self.text(), self.text()
        return Attributes(size, mode, modified)

    def more(self) -> bool:
        """Say whether there is more to read."""
        return self._place < len(self._packet)

    def _take(self, count: int) -> bytes:
        start, self._place = self._place, self._place + count
        if self._place > len(self._packet):
            raise Garbled
        return self._packet[start : self._place]
