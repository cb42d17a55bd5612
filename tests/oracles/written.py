"""What both checks ask of a written XML file before they look at what it says."""

import datetime
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from lxml import etree

_ENCODING: Final = re.compile(rb"""<\?xml[^>]*\bencoding\s*=\s*["']([^"']*)["']""")
_VERSION: Final = re.compile(rb"""<\?xml[^>]*\bversion\s*=\s*["']([^"']*)["']""")
_CREATED: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]+)?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


def read(source: Path | str | bytes) -> tuple[bytes, str | None]:
    """Give a file's bytes, and its name where it has one."""
    if isinstance(source, bytes):
        return source, None
    path = Path(source)
    return path.read_bytes(), path.name


def parse(content: bytes, schema: Path) -> tuple[Any, list[str]]:
    """Parse and validate; give the root (None where there is none) and the complaints."""
    complaints = list(_bytes(content))
    parser = etree.XMLParser(resolve_entities=False, huge_tree=True, no_network=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        return None, [*complaints, f"not well-formed: line {error.lineno}"]
    document = root.getroottree()
    if document.docinfo.internalDTD is not None:
        return None, [*complaints, "a DOCTYPE"]
    if any(not isinstance(node.tag, str) for node in document.iter()):
        complaints.append("a comment or processing instruction")
    for element in root.iter(etree.Element):
        names = [str(name) for name, _ in element.items()]
        complaints.extend(
            f"line {element.sourceline}: attribute {name} is in a namespace"
            for name in names
            if name.startswith("{")
        )
    checker = _schema(schema)
    if not checker.validate(document):
        log: Any = checker.error_log
        complaints.extend(f"line {error.line}: {error.message}" for error in log)
    return root, complaints


@cache
def _schema(path: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(path))


def _bytes(content: bytes) -> Iterator[str]:
    if content.startswith(b"\xef\xbb\xbf"):
        yield "a byte order mark"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        yield "not UTF-8"
    head = content[:200]
    encoding, version = _ENCODING.search(head), _VERSION.search(head)
    if encoding and encoding[1].lower() != b"utf-8":
        yield "declared in another encoding than UTF-8"
    if version and version[1] != b"1.0":
        yield "not XML 1.0"
    if b"<![CDATA[" in content:
        yield "a CDATA section"


def envelope(
    name: str | None, prefix: str, sender: str | None, sequence: str | None, created: str | None
) -> Iterator[str]:
    """Check what the schema cannot: that the values are real, and that the file's name agrees."""
    if sequence == "000000":
        yield "sequence 000000"
    match = _CREATED.fullmatch(created or "")
    if match is None:
        yield "created: not RFC 3339 with an offset"
        return
    try:
        datetime.date.fromisoformat(match[1])
        clock = match[2][:6] + "59" if match[2].endswith(":60") else match[2]
        datetime.time.fromisoformat(clock)
        if match[4] not in {"Z", "z"}:
            datetime.time.fromisoformat(match[4][1:])
    except ValueError:
        yield "created: no such moment"
    stem = file_id(prefix, sender, sequence, created)
    if name is not None and name.startswith(prefix) and name != f"{stem}.xml":
        yield f"the file's name is not {stem}.xml"


def file_id(prefix: str, sender: str | None, sequence: str | None, created: str | None) -> str:
    """Build the name that an envelope asks for, without `.xml`."""
    return f"{prefix}{sender}_{(created or '')[:10].replace('-', '')}_{sequence}"


def repeated(values: Iterable[str | None], what: str) -> Iterator[str]:
    """Name the values that stand more than once."""
    seen: set[str] = set()
    for value in values:
        if value is None:
            continue
        if value in seen:
            yield f"{what} {value} twice"
        seen.add(value)


def dangling(references: Iterable[str | None], known: set[str | None], what: str) -> Iterator[str]:
    """Name the references that lead nowhere."""
    for reference in references:
        if reference is not None and reference not in known:
            yield f"{what} {reference} leads nowhere"


def impossible_days(dates: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Name the places whose ISO date does not exist."""
    for place, text in dates:
        try:
            datetime.date.fromisoformat(text)
        except ValueError:
            yield f"{place}: no such day"


def empty_parts(
    root: Any, containers: frozenset[str], may_be_empty: frozenset[str]
) -> Iterator[str]:
    """Name elements and attributes with nothing in them, where null leaves them out.

    White space is nothing in `containers`; in all other elements it is text.
    """
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        at = f"line {element.sourceline}: {name}"
        yield from (f"{at}/@{key} is empty" for key, value in element.items() if not value)
        text = (element.text or "").strip() if name in containers else element.text
        if not (len(element) or text or element.attrib or name in may_be_empty):
            yield f"{at} is empty"
