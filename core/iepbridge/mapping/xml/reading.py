"""What code that reads XML calls: the state of reading one plan, and its exceptional paths.

The ordinary path (known elements, once each) is short; whatever is unknown, repeated or out of
place is looked at here, and only then are places in the file worked out.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from iepbridge.codecs.xml_element import Element, empty_element
from iepbridge.mapping.layout import Layout
from iepbridge.mapping.reading import Reading
from iepbridge.mapping.xml.form import xml_file
from iepbridge.plan import PlanData

_WHITE_SPACE: Final = " \t\r\n"

Texts = dict[Any, Any]
"""Leaf name -> its text (None where empty); under None the names that came twice."""


@dataclass(frozen=True, slots=True, repr=False)
class Piece:
    """One element of an item that continues: its data, which part it is, of how many."""

    element: Element
    item: PlanData
    part: int | None
    parts: int | None


class XmlReading(Reading):
    """The reading of one plan from its element, with what the frame counts."""

    def __init__(self, plan: Element, home: str, layout: Layout, counted: Sequence[str]) -> None:
        super().__init__(layout)
        self.count = [0] * len(counted)
        self._plan = plan
        self._home = home
        self._ignored = xml_file(layout).passed_over
        self._numbers: dict[Element, dict[Element, int]] = {}
        self._touched: set[str] = set()
        self._counted = counted

    def fail(self, rule: str, path: str, expected: str = "") -> None:
        """Note a finding, and which part it is about."""
        super().fail(rule, path, expected)
        self._touched.add(path.rpartition(".")[0])

    def children(
        self, element: Element, leaves: Mapping[Any, str], groups: Mapping[Any, str]
    ) -> tuple[Texts, dict[str, list[Element]]]:
        """Sort an element's children into texts by name and elements by name.

        Text between them that is more than white space, and unknown children, go to `unmapped`.
        """
        texts: Texts = {}
        found: dict[str, list[Element]] = {}
        stray = element.text
        astray = stray is not None and not (stray.isspace() and stray.isascii())
        for child in element:
            tag = child.tag
            name = leaves.get(tag)
            if name is not None:
                if name in texts:
                    texts.setdefault(None, []).append(name)
                elif len(child) or child.attrib:
                    texts[name] = self.text(child)
                    self.attributes(child, child.attrib)
                else:
                    texts[name] = child.text
            elif (name := groups.get(tag)) is not None:
                found.setdefault(name, []).append(child)
            else:
                self.unknown(child)
            stray = child.tail
            if stray is not None and not (stray.isspace() and stray.isascii()):
                astray = True
        if astray:
            self._stray_text(element)
        return texts, found

    def text(self, element: Element) -> str | None:
        """Give an element's own text exactly; whatever elements stand in it are unmapped.

        White space alone beside such elements is their layout, and no text.
        """
        if not len(element):
            return element.text
        for child in element:
            self.unknown(child)
        text = "".join(_own_texts(element))
        return text if text.strip(_WHITE_SPACE) else None

    def nothing(self, element: Element) -> None:
        """Look at what stands in an element that should hold neither text nor elements."""
        if len(element) or element.text:
            self.children(element, {}, {})

    def only(self, found: Mapping[str, list[Element]], name: str, path: str = "") -> Element | None:
        """Give the one element of a name, or None; a second one is a finding.

        It is told by the canonical `path` of the element's own text, else by its place.
        """
        elements = found.get(name)
        if elements is None:
            return None
        for extra in elements[1:]:
            self.fail("FMT-VALUE", path or self.place(extra), f"{name} once")
            self._count_within(extra)
        return elements[0]

    def first(self, found: Mapping[str, list[Element]], name: str) -> Element | None:
        """Give the first element of a name, or None; all others are unmapped."""
        elements = found.get(name)
        if elements is None:
            return None
        for extra in elements[1:]:
            self.unknown(extra)
        return elements[0]

    def absent(self) -> Element:
        """Give an empty element, to be read where one with required fields is missing."""
        return empty_element()

    def twice(self, names: Iterable[str], paths: Mapping[str, str]) -> None:
        """Note leaves that came twice, by their canonical paths."""
        for name in names:
            if name in paths:
                self.fail("FMT-VALUE", paths[name], f"{name} once")

    def attributes(self, element: Element, attributes: Any) -> None:
        """Keep attributes that the mapping does not know."""
        for name, value in attributes.items():
            if value and not name.startswith(self._ignored):
                place = self.place(element)
                self.keep(
                    f"{place}/{self._attribute(name)}" if place else self._attribute(name), value
                )

    def unknown(self, element: Element) -> None:
        """Keep each text and attribute of an element that the mapping does not know."""
        self._count_within(element)
        self._unknown(element)

    def _unknown(self, element: Element) -> None:
        if element.tag.startswith(self._ignored):
            return
        self.attributes(element, element.attrib)
        own = "".join(_own_texts(element))
        if own.strip(_WHITE_SPACE):
            # Beside children it is stray text; alone it is the element's value, kept exactly.
            self.keep(self.place(element), own.strip(_WHITE_SPACE) if len(element) else own)
        for child in element:
            self._unknown(child)

    def place(self, element: Element, within: str = "") -> str:
        """Give the place of an element in the file, from the plan's element down."""
        steps = [within] if within else []
        while element is not self._plan:
            parent = element.getparent()
            assert parent is not None
            number = self._number(parent, element)
            steps.append(
                f"{self._name(element.tag)}[{number}]" if number > 1 else self._name(element.tag)
            )
            element = parent
        return "/".join(reversed(steps))

    def _number(self, parent: Element, element: Element) -> int:
        """Give the place of an element among those of its name, counted once for each parent."""
        numbers = self._numbers.get(parent)
        if numbers is None:
            counts: Counter[str] = Counter()
            numbers = {}
            for child in parent:
                counts[child.tag] += 1
                numbers[child] = counts[child.tag]
            self._numbers[parent] = numbers
        return numbers[element]

    def joined(self, pieces: Iterable[tuple[int, Piece]], text: str, items: str) -> list[PlanData]:
        """Join the parts of continued items, given with their places in the list."""
        grouped: dict[int, list[Piece]] = {}
        for at, piece in pieces:
            grouped.setdefault(at, []).append(piece)
        return [self._whole(own, text, f"{items}[{at}]") for at, own in grouped.items()]

    def _whole(self, own: list[Piece], text: str, path: str) -> PlanData:
        first = own[0]
        if len(own) == 1 and first.part == first.parts == 1:
            return first.item
        if path not in self._touched:
            self._check_parts(own, text, path)
        ordered = sorted(own, key=lambda piece: piece.part or 0)
        whole = "".join(piece.item.get(text) or "" for piece in ordered)
        return {**first.item, **({text: whole} if whole else {})}

    def _check_parts(self, own: list[Piece], text: str, path: str) -> None:
        """Each part once, all of one count, and alike but for the text."""
        first, seen = own[0], set()
        for piece in own:
            if None in (piece.part, piece.parts):
                return  # told where it was read
            if piece.parts != first.parts:
                place = self.place(piece.element, "@parts")
                self.fail("FMT-VALUE", place, "one number of parts throughout")
            elif piece.part in seen or not 1 <= (piece.part or 0) <= (first.parts or 0):
                place = self.place(piece.element, "@part")
                self.fail("FMT-VALUE", place, "each part from 1 to the number of parts once")
            seen.add(piece.part)
            for name in sorted({*first.item, *piece.item} - {text}):
                if first.item.get(name) != piece.item.get(name):
                    self.fail("FMT-VALUE", f"{path}.{name}", "the same in all parts")
        if len(own) < (first.parts or 0):
            self.fail("FMT-VALUE", f"{path}.{text}", "all parts of a continued text")

    def _stray_text(self, element: Element) -> None:
        own = "".join(_own_texts(element)).strip(_WHITE_SPACE)
        if own:
            place = self.place(element)
            self.keep(f"{place}/text()" if place else "text()", own)

    def _count_within(self, element: Element) -> None:
        for index, tag in enumerate(self._counted):
            self.count[index] += sum(1 for _ in element.iter(tag))

    def _name(self, tag: str) -> str:
        if self._home:
            return tag.removeprefix(self._home) if tag.startswith("{") else f"{{}}{tag}"
        return tag

    def _attribute(self, name: str) -> str:
        return f"@{name}"


def _own_texts(element: Element) -> Collection[str]:
    tails = [child.tail for child in element if child.tail]
    return [element.text, *tails] if element.text else tails
