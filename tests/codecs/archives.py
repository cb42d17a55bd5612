"""Archives written by hand, with whatever is to be wrong in them."""

import struct
import zlib
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Any

NAMES = ["MANIFEST.txt", "PLAN.txt", "GOAL.txt"]
TEXTS = [b"Member|Rows\r\n", b"PlanRef|StateId\r\nP-1|1\r\n" * 30, b""]


def deflated(data: bytes) -> bytes:
    squeeze = zlib.compressobj(wbits=-15)
    return squeeze.compress(data) + squeeze.flush()


@dataclass(frozen=True)
class Part:
    """A member to be written by hand, with whatever is wrong in it."""

    name: str
    data: bytes
    packed: bytes | None = None
    own_name: str | None = None
    method: int = 8
    own_method: int | None = None
    flags: int = 0
    own_flags: int | None = None
    stated: tuple[int, int, int] | None = None  # checksum, packed size, size
    own_stated: tuple[int, int, int] | None = None
    large: bool = False
    described: str | None = None  # a form in struct's letters, or "none"
    before: bytes = b""
    behind: bytes = b""
    offset: int | None = None
    comment: bytes = b""

    @property
    def bytes_packed(self) -> bytes:
        return deflated(self.data) if self.packed is None else self.packed

    @property
    def sizes(self) -> tuple[int, int, int]:
        whole = zlib.crc32(self.data), len(self.bytes_packed), len(self.data)
        return self.stated or whole

    def header(self) -> bytes:
        name = (self.name if self.own_name is None else self.own_name).encode()
        crc, packed, size = self.own_stated or self.sizes
        flags = self.flags if self.own_flags is None else self.own_flags
        method = self.method if self.own_method is None else self.own_method
        extra = b""
        if self.described:
            flags, crc, packed, size = flags | 8, 0, 0, 0
        if self.large:
            extra = struct.pack("<HH2s", 0x7777, 2, b"xx")
            extra += struct.pack("<HHQQ", 1, 16, size, packed)
            packed = size = 0xFFFFFFFF
        stated = (crc, packed, size, len(name), len(extra))
        return struct.pack("<4s5H3L2H", b"PK\3\4", 45, flags, method, 0, 33, *stated) + name + extra

    def written(self) -> bytes:
        behind = self.behind
        if self.described and self.described != "none":
            mark = b"PK\7\x08" if self.described.startswith("m") else b""
            behind = mark + struct.pack(f"<L2{self.described[-1]}", *self.sizes) + behind
        return self.before + self.header() + self.bytes_packed + behind

    def entry(self, offset: int) -> bytes:
        name = self.name.encode()
        crc, packed, size = self.sizes
        extra = b""
        if self.large:
            extra = struct.pack("<HHQQQ", 1, 24, size, packed, offset)
            packed = size = offset = 0xFFFFFFFF
        flags = self.flags | (8 if self.described else 0)
        lengths = len(name), len(extra), len(self.comment)
        return (
            struct.pack("<4s4H", b"PK\1\2", 0x314, 45, flags, self.method)
            + struct.pack("<2H3L", 0, 33, crc, packed, size)
            + struct.pack("<5H2L", *lengths, 0, 0, 0, offset)
            + (name + extra + self.comment)
        )


PARTS = [Part(name, data) for name, data in zip(NAMES, TEXTS, strict=True)]


@dataclass(frozen=True)
class Archive:
    """An archive to be written by hand."""

    parts: list[Part] = field(default_factory=lambda: PARTS)
    listed: list[int] | None = None
    before: bytes = b""
    between: bytes = b""
    behind: bytes = b""
    comment: bytes = b""
    large: bool = False
    end: dict[str, int] = field(default_factory=dict)
    end64: dict[str, int] = field(default_factory=dict)

    def written(self) -> bytes:
        files = [part.written() for part in self.parts]
        starts = accumulate((len(file) for file in files), initial=len(self.before))
        entries = [
            part.entry(start + len(part.before) if part.offset is None else part.offset)
            for part, start in zip(self.parts, starts, strict=False)
        ]
        body = self.before + b"".join(files) + self.between
        directory = b"".join(entries[n] for n in self.listed or range(len(entries)))
        count = len(self.listed or entries)
        end = {"disk": 0, "disks": 0, "here": count, "count": count}
        end |= {"bytes": len(directory), "start": len(body)}
        records = self.records64(end, len(body) + len(directory)) if self.large else b""
        end |= self.end
        last = struct.pack("<4s4H2LH", b"PK\5\6", *end.values(), len(self.comment))
        return body + directory + records + last + self.comment + self.behind

    def records64(self, end: dict[str, int], place: int) -> bytes:
        stated = {"mark": 0x06064B50, "rest": 44, "versions": 0x2D002D} | end
        stated |= {"locator": 0x07064B50, "at": 0, "place": place, "disks_in_all": 1} | self.end64
        return struct.pack("<LQL2L4Q LLQL", *stated.values())


def part(number: int, **changes: Any) -> list[Part]:
    """Change one of the parts."""
    return [replace(one, **changes) if n == number else one for n, one in enumerate(PARTS)]
