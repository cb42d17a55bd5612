"""What both hand-written readers need: findings, texts the document does not know, whole files."""

import datetime
import re
from collections.abc import Collection, Iterator
from typing import Any, Final, TypeAlias

from lxml import etree

Finding: TypeAlias = tuple[str, str, str]
"""Rule, path, and what the message must state: `length > limit` for FMT-LENGTH, else empty."""
Loss: TypeAlias = tuple[str, str]
"""Path and kind."""
Decoded: TypeAlias = tuple[dict[str, Any], list[Finding], list[str]]
"""Plan data, findings (any of them holds the plan), keys of the texts kept as unmapped."""
Children: TypeAlias = tuple[dict[str, str | None], dict[str, list[Any]]]
"""Texts of leaves and elements of parts, by name."""

WHITE_SPACE: Final = " \t\r\n"
_CREATED: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}):([0-9]{2})(?:\.[0-9]+)?"
    r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
_PARTY: Final = re.compile(r"[A-Za-z0-9]{1,8}")
_SEQUENCE: Final = re.compile(r"(?!000000)[0-9]{6}")
_DECLARATION: Final = re.compile(
    r"<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*['\"]1\.0['\"]"
    r"(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*['\"]([A-Za-z0-9._-]+)['\"])?"
    r"(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*['\"](?:yes|no)['\"])?[ \t\r\n]*\?>"
)
_NAMES: Final = {"utf-8": ("utf-8",), "utf-16": ("utf-16", "utf-16le", "utf-16be")}


class FileRefused(Exception):
    """The whole file is refused."""


class Reading:
    """What reading one plan has found besides its data."""

    __slots__ = ("findings", "ignored", "kept", "own", "system", "top", "twice", "unmapped")

    def __init__(self, top: Any, system: str, own: str = "", ignored: tuple[str, ...] = ()) -> None:
        self.top = top
        self.system = system
        self.own = own
        self.ignored = ignored
        self.findings: list[Finding] = []
        self.kept: dict[str, str] = {}
        self.unmapped: list[str] = []
        self.twice: list[str] = []

    def fault(self, rule: str, path: str) -> None:
        """Hold the plan."""
        self.findings.append((rule, path, ""))

    def repeated(self, place: str) -> None:
        """Report the fields that stood twice in the element just read."""
        self.findings.extend(("FMT-VALUE", place + field, "") for field in self.twice)
        self.twice.clear()

    def extra(self, key: str, text: str) -> bool:
        """Keep a text under its key; a second one of that key holds the plan."""
        if key in self.kept:
            self.fault("FMT-VALUE", f"extensions.{self.system}.{key}")
            return False
        self.kept[key] = text
        return True

    def name(self, tag: str) -> str:
        """Write a name as keys do: without the document's own namespace, others in braces."""
        if not self.own:
            return tag
        if tag.startswith(self.own):
            return tag[len(self.own) :]
        return tag if tag[0] == "{" else "{}" + tag

    def path(self, element: Any) -> str:
        """Give the path of an element from the plan's element down, empty for that one."""
        steps: list[str] = []
        while element is not self.top:
            number = 1 + sum(1 for _ in element.itersiblings(element.tag, preceding=True))
            name = self.name(element.tag)
            steps.append(f"{name}[{number}]" if number > 1 else name)
            element = element.getparent()
        return "/".join(reversed(steps))

    def prefix(self, element: Any) -> str:
        """Give the path of an element with the slash that what stands in it needs."""
        path = self.path(element)
        return path + "/" if path else ""

    def attributes(self, element: Any, unknown: dict[str, str]) -> None:
        """Keep attributes that the document does not know."""
        self._attributes(self.prefix(element), unknown)

    def _attributes(self, prefix: str, unknown: dict[str, str]) -> None:
        for name, text in unknown.items():
            if text and not name.startswith(self.ignored):
                key = f"{prefix}@{name}"
                if self.extra(key, text):
                    self.unmapped.append(key)

    def stray(self, element: Any) -> None:
        """Keep the text that stands beside an element's children."""
        self._stray(self.prefix(element), element)

    def _stray(self, prefix: str, element: Any) -> None:
        text = own_text(element).strip(WHITE_SPACE)
        if text and self.extra(prefix + "text()", text):
            self.unmapped.append(prefix + "text()")

    def unknown(self, element: Any) -> None:
        """Keep all texts of an element that the document does not know here."""
        if not element.tag.startswith(self.ignored):
            self._unknown(element, self.path(element))

    def _unknown(self, element: Any, path: str) -> None:
        self._attributes(path + "/", dict(element.items()))
        if len(element):
            self._stray(path + "/", element)
        elif element.text and self._says(element.text) and self.extra(path, element.text):
            self.unmapped.append(path)
        numbers: dict[str, int] = {}
        for child in element:
            number = numbers[child.tag] = numbers.get(child.tag, 0) + 1
            if not child.tag.startswith(self.ignored):
                name = self.name(child.tag)
                self._unknown(child, f"{path}/{name}[{number}]" if number > 1 else f"{path}/{name}")

    def _says(self, text: str) -> bool:
        """White space alone says something in TWIST, and nothing in Toolbox."""
        return not self.own or text.strip(WHITE_SPACE) != ""

    def leaf(self, element: Any, unknown: dict[str, str] | None = None) -> str | None:
        """Give the text of a known leaf; keep what stands in it and is not known."""
        if unknown is None:
            unknown = dict(element.items())
        if unknown:
            self.attributes(element, unknown)
        if not len(element):
            return element.text  # type: ignore[no-any-return]
        for child in element:
            self.unknown(child)
        text = own_text(element)
        return text if text.strip(WHITE_SPACE) else None


def own_text(element: Any) -> str:
    """Join the text nodes right below an element."""
    return (element.text or "") + "".join(child.tail or "" for child in element)


def children(
    reading: Reading, element: Any, leaves: Collection[str], parts: Collection[str]
) -> Children:
    """Read an element's children: the texts of its leaves, and its parts by name."""
    texts: dict[str, str | None] = {}
    found: dict[str, list[Any]] = {}
    text = element.text
    stray = text is not None and text.strip(WHITE_SPACE) != ""
    for child in list(element):
        tag = child.tag
        if tag in leaves:
            if tag in texts:
                reading.twice.append(leaves[tag])  # type: ignore[index]
            elif len(child) or child.keys():
                texts[tag] = reading.leaf(child)
            else:
                texts[tag] = child.text
        elif tag in parts:
            if tag in found:
                found[tag].append(child)
            else:
                found[tag] = [child]
        else:
            reading.unknown(child)
        text = child.tail
        if text is not None and text.strip(WHITE_SPACE):
            stray = True
    if stray:
        reading.stray(element)
    return texts, found


def is_whole(text: str) -> bool:
    """Say whether a text is ASCII digits and nothing else."""
    return text.isascii() and text.isdigit()


def whole(text: str) -> int:
    """Read digits; a number far too large for the model stays far too large, at no cost."""
    return int(text) if len(text) < 19 else 10**18


def xml_tree(content: bytes, encodings: tuple[str, ...]) -> Any:
    """Parse a whole file in one of the encodings (`utf-8`, `utf-16`), or refuse it."""
    text, encoding = _decoded(content)
    if encoding not in encodings:
        raise FileRefused("another encoding")
    declared = _DECLARATION.match(text)
    if declared:
        if declared[1] and declared[1].lower() not in _NAMES[encoding]:
            raise FileRefused("another encoding")
        text = text[declared.end() :]
    if re.match(r"<\?xml[ \t\r\n]", text):
        raise FileRefused("not well-formed")
    parser = etree.XMLParser(
        remove_comments=True, remove_pis=True, resolve_entities=False, huge_tree=True
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, UnicodeEncodeError):
        raise FileRefused("not well-formed") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise FileRefused("a DTD")
    return root


def _decoded(content: bytes) -> tuple[str, str]:
    encoding = "utf-8"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif content.startswith((b"<\0", b"\0<")):
        encoding = "utf-16"
        content = (b"\xff\xfe" if content[0] else b"\xfe\xff") + content
    try:
        return content.decode(encoding).removeprefix("\N{BYTE ORDER MARK}"), encoding
    except UnicodeDecodeError:
        raise FileRefused("another encoding") from None


def check_envelope(sender: object, receiver: object, sequence: object, created: object) -> str:
    """Refuse an envelope with a value missing or malformed; give the created day, `yyyymmdd`."""
    for value, form in ((sender, _PARTY), (receiver, _PARTY), (sequence, _SEQUENCE)):
        if not isinstance(value, str) or not form.fullmatch(value):
            raise FileRefused("an envelope value")
    match = _CREATED.fullmatch(created) if isinstance(created, str) else None
    if match is None:
        raise FileRefused("an envelope value")
    try:
        datetime.date.fromisoformat(match[1])
        datetime.time.fromisoformat(match[2])
    except ValueError:
        raise FileRefused("an envelope value") from None
    if int(match[3]) > 60:
        raise FileRefused("an envelope value")
    return match[1].replace("-", "")


def refuse_repeated(plan_ids: Iterator[str | None]) -> None:
    """Refuse a file in which a plan stands twice."""
    seen: set[str] = set()
    for plan_id in plan_ids:
        if plan_id and plan_id in seen:
            raise FileRefused("a plan twice")
        seen.add(plan_id or "")
