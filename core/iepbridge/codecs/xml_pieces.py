"""Where records begin and end in the bytes of an XML file, as far as bytes can tell.

Text in a comment or CDATA section may look like a tag. Cutting there does no harm; a size measured
from there, as from a tag that is not found, is too small by a piece.
"""

import re
from collections.abc import Iterable, Iterator
from secrets import randbelow
from typing import Final

_WINDOW_BYTES: Final = 512
MOST_ATTRIBUTES: Final = 1_000
"""Of one element: lxml's `attrib` takes time for each when it looks for each."""

_GAP_BYTES: Final = 1_600  # a third of what so many attributes take, as a tag may span two pieces
_ONE_IN: Final = 8
_MOST_NAME_BYTES: Final = 32 * 2**20
_NAMES: Final = re.compile(
    rb"""
    <\??[^\s<>/?!]+                                  # an element or a processing instruction
    | xmlns[^\s<>=/'"]*+\s*+=\s*+["'][^"'<>]*+       # a namespace
    | [^\s<>=/'"]++(?=\s*+=\s*+["'])                 # an attribute
    | >[ \t\r\n]{4,59}(?=<)                          # blanks, which libxml2 keeps like names
    """,
    re.VERBOSE,
)


def whole_tags(blocks: Iterable[bytes], most: int) -> Iterator[bytes]:
    """Join blocks so that none ends inside a tag, unless the tag is longer than `most` bytes."""
    held: list[bytes] = []
    size = 0
    for block in blocks:
        size += len(block)
        if held and b">" not in block and size <= most:
            held.append(block)
            continue
        data = b"".join([*held, block])
        cut = data.rfind(b"<")
        if cut < 0 or size > most or data.find(b">", cut) >= 0:
            cut = len(data)
        yield data[:cut]
        held = [data[cut:]] if cut < len(data) else []
        size = len(data) - cut
    yield b"".join(held)


def has_gap(data: bytes) -> bool:
    """Tell whether some stretch without a < is so long that it may be a tag of many attributes."""
    windows = range(0, len(data), _GAP_BYTES)
    return any(data.find(b"<", start, start + _GAP_BYTES) < 0 for start in windows)


class RecordTags:
    """Finds the tags of a record by its local name, whatever their prefix."""

    def __init__(self, record: str) -> None:
        name = re.escape(record.rpartition("}")[2].encode())
        self._tag = re.compile(rb"<(/?)(?:[^\s<>/:]++:)?%b(?=[\s/>])([^<>]*+>)" % name)

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """Cut before each start tag and behind each end tag."""
        cuts = sorted({*self._starts(data), *self._ends(data), len(data)})
        begin = 0
        for cut in cuts:
            yield data[begin:cut]
            begin = cut

    def last_start(self, data: bytes) -> int:
        """Give the place of the last start tag; the end of `data` where there is none."""
        return max(self._starts(data), default=len(data))

    def first_start(self, data: bytes) -> int:
        """Give the place of the first start tag; 0 where there is none."""
        return next(self._starts(data), 0)

    def last_end(self, data: bytes) -> int:
        """Give the place behind the last end tag; the end of `data` where there is none."""
        return max(self._ends(data), default=len(data))

    def first_end(self, data: bytes) -> int:
        """Give the place behind the first end tag; the end of `data` where there is none."""
        return next(self._ends(data), len(data))

    def _starts(self, data: bytes) -> Iterator[int]:
        return (tag.start() for tag in self._tag.finditer(data) if not tag[1])

    def _ends(self, data: bytes) -> Iterator[int]:
        """Give the places behind end tags and behind start tags that are empty elements."""
        for tag in self._tag.finditer(data):
            if tag[1] or tag[2].endswith(b"/>"):
                yield tag.end()


class Vocabulary:
    """Estimates from samples how many bytes of different names a file has.

    libxml2 keeps every name it has met until the process ends. A sample at random cannot be
    evaded, and costs next to nothing; one and the same file may stop a little sooner or later.
    """

    def __init__(self) -> None:
        self._names: set[bytes] = set()
        self._bytes = 0

    @property
    def is_too_big(self) -> bool:
        """Tell whether there is reason to stop."""
        return self._bytes > _MOST_NAME_BYTES

    def sample(self, piece: bytes) -> None:
        """Look for new names in a window of one piece in eight."""
        if not piece or randbelow(_ONE_IN):
            return
        start = randbelow(len(piece))
        window = piece[start : start + _WINDOW_BYTES]
        found = set(_NAMES.findall(window)) - self._names
        self._names |= found
        self._bytes += sum(map(len, found)) * len(piece) * _ONE_IN // len(window)
