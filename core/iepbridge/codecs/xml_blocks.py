"""From the bytes of an XML file to blocks of UTF-8, its encoding and version checked."""

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final, NoReturn

from iepbridge.errors import Unreadable

_MARKS: Final = (
    (codecs.BOM_UTF8, "UTF-8", "utf-8"),
    (codecs.BOM_UTF32_LE, "UTF-32", "utf-32-le"),  # before UTF-16, whose mark begins it
    (codecs.BOM_UTF32_BE, "UTF-32", "utf-32-be"),
    (codecs.BOM_UTF16_LE, "UTF-16", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "UTF-16", "utf-16-be"),
)
_MARKS_BEGIN: Final = b"\xef\xbb\xbf\xff\xfe"
_DECLARATION: Final = re.compile(
    r"""
    <\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(["'])(?P<version>1\.[0-9]+)\1
    (?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(["'])(?P<encoding>[A-Za-z][\w.-]{0,39})\3)?
    (?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(["'])(?:yes|no)\5)?
    [ \t\r\n]*\?>""",
    re.VERBOSE | re.ASCII,
)
_MISC: Final = re.compile(  # white space, instructions and comments, as far as they are whole
    rb"(?:[ \t\r\n]++|<\?(?:[^?]++|\?(?!>))*+\?>|<!--(?:[^-]++|-(?!->))*+-->)*+"
)
_MARK_BYTES: Final = 8  # room for a second mark
_DECLARATION_BYTES: Final = 4096
_LOOK_AHEAD_BYTES: Final = 65536


def utf8_blocks(stream: BinaryIO, encodings: frozenset[str], size: int) -> Iterator[bytes]:
    """Yield a file's bytes as UTF-8, without its byte order mark, in blocks of about `size`.

    What was wrong in its encoding stays wrong as UTF-8, so that the parser finds it and its place.
    """
    head = _head(stream, size)
    codec = _codec(head, stream, encodings)
    blocks = _as_utf8(_raw(head, stream, size), codec)
    yield next(blocks).removeprefix(codecs.BOM_UTF8)
    yield from blocks


def refuse_doctype(data: bytes | bytearray, start: int = 0) -> int:
    """Refuse a file whose DOCTYPE begins in these first bytes; give the place looked at so far."""
    misc = _MISC.match(data, start)
    place = misc.end() if misc else start
    if data.startswith(b"<!DOCTYPE", place):
        raise Unreadable(
            "The file has a document type declaration (DOCTYPE), which is not taken: it can name "
            "other files and grow without end. Ask its sender for a file without one."
        )
    return place


def _head(stream: BinaryIO, size: int) -> bytes:
    """Read what the mark and the declaration need."""
    head = b""
    while len(head) < _MARK_BYTES or _in_declaration(head):
        more = stream.read(size)
        if not more:
            break
        head += more
    return head


def _in_declaration(head: bytes) -> bool:
    start = head[:_DECLARATION_BYTES].replace(b"\0", b"")
    is_declared = b"<?xml" in start[:9]
    is_whole = b"?>" in start[:-1]  # with a byte behind it, so that no half of it is missing
    return is_declared and not is_whole and len(head) < _DECLARATION_BYTES


def _raw(head: bytes, stream: BinaryIO, size: int) -> Iterator[bytes]:
    yield head
    while block := stream.read(size):
        yield block


def _as_utf8(blocks: Iterable[bytes], codec: str) -> Iterator[bytes]:
    if codec == "utf-8":
        yield from blocks
        return
    # surrogatepass makes bytes of a lone surrogate that no parser takes for UTF-8.
    decoder = codecs.getincrementaldecoder(codec)("surrogatepass")
    for block in blocks:
        yield decoder.decode(block).encode("utf-8", "surrogatepass")
    if decoder.getstate()[0]:
        yield b"\xff"  # half a character


def _codec(head: bytes, stream: BinaryIO, encodings: frozenset[str]) -> str:
    """Find the codec of a file, or refuse it, for its DOCTYPE rather than for its encoding."""
    try:
        return _agreed(head, encodings)
    except Unreadable as error:
        refusal = error
    while len(head) < _LOOK_AHEAD_BYTES and (more := stream.read(_LOOK_AHEAD_BYTES)):
        head += more
    refuse_doctype(head.replace(b"\0", b"").lstrip(_MARKS_BEGIN))
    raise refusal


def _agreed(head: bytes, encodings: frozenset[str]) -> str:
    """Give the codec in which mark, declaration and `encodings` agree."""
    mark, codec = next(
        ((name, codec) for mark, name, codec in _MARKS if head.startswith(mark)), ("", "utf-8")
    )
    if not mark and b"\0" in head[:4]:
        _refuse("looks like UTF-16 or UTF-32 without a byte order mark", encodings)
    declared = _declared(head[:_DECLARATION_BYTES].decode(codec, "replace"))
    found = mark or declared or "UTF-8"
    if mark and declared and declared != mark:
        _refuse(f"declares {declared} but begins with the byte order mark of {mark}", encodings)
    if found == "UTF-16" and not mark:
        _refuse("declares UTF-16 but has no byte order mark", encodings)
    if found not in encodings or found not in {"UTF-8", "UTF-16"}:
        _refuse(f"is in {found}", encodings)
    return codec


def _declared(start: str) -> str | None:
    """Give the declared encoding in capitals; refuse a wrong declaration or version."""
    start = start.removeprefix("\ufeff")
    if start.startswith("\ufeff"):
        raise Unreadable("The XML file has two byte order marks. Ask its sender for another file.")
    if not re.match(r"<\?xml[ \t\r\n?]", start):
        return None
    declaration = _DECLARATION.match(start)
    if not declaration:
        raise Unreadable(
            "The file's XML declaration (line 1) is malformed. Ask its sender for another file."
        )
    if declaration["version"] != "1.0":
        raise Unreadable(
            f"The file is XML {declaration['version'][:9]}, and only XML 1.0 is taken. "
            "Ask its sender for XML 1.0."
        )
    return declaration["encoding"] and declaration["encoding"].upper()


def _refuse(what: str, encodings: frozenset[str]) -> NoReturn:
    taken = " or ".join(sorted(encodings, reverse=True))
    raise Unreadable(f"The XML file {what}. Ask its sender for {taken}.")
