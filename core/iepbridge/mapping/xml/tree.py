"""A layout as a tree of XML elements: places such as `Person/Address/@city` made into nodes."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from iepbridge.mapping.layout import Field, Group


@dataclass(slots=True)
class Element:
    """An element: of a group, or one that only holds others (`group` is then None).

    A child that is a `Field` is an element with text and nothing else.
    """

    name: str
    group: Group | None = None
    attributes: list[Field] = field(default_factory=list)
    text: Field | None = None
    children: "list[Field | Element]" = field(default_factory=list)

    @property
    def kind(self) -> str:
        """Give the group's kind, or nothing for an element that only holds others."""
        return self.group.kind if self.group else ""

    @property
    def repeats(self) -> bool:
        """Say whether this element stands for an item, so that it stands even when empty."""
        return self.kind in ("plan", "list", "one", "map")

    @property
    def always(self) -> bool:
        """Say whether it stands in every record of its group: something in it is required."""
        if self.repeats:
            return True
        if self.kind in ("section", "none", "first"):
            return False
        return any(one.required in ("yes", "file") for one in self.own_fields())

    def elements(self) -> "Iterator[Element]":
        """Give the child elements that are more than a text."""
        return (child for child in self.children if isinstance(child, Element))

    def leaves(self) -> Iterator[Field]:
        """Give the child elements that hold one text and nothing else."""
        return (child for child in self.children if isinstance(child, Field))

    def direct_fields(self) -> Iterator[Field]:
        """Give the fields of this very element and of its plain children."""
        yield from self.attributes
        if self.text is not None:
            yield self.text
        yield from self.leaves()

    def own_fields(self) -> Iterator[Field]:
        """Give the fields in this element and in those that only hold others."""
        yield from self.direct_fields()
        for child in self.elements():
            if not child.repeats:
                yield from child.own_fields()


def tree_of(group: Group) -> Element:
    """Give the element of a group with all that stands in it, in the order of the table."""
    root = Element(leaf_name(group.place), group)
    for member in group.members:
        *wrappers, name = member.place.split("/")
        if isinstance(member, Group):
            _descend(root, wrappers).children.append(tree_of(member))
        elif name.startswith("@"):
            _descend(root, wrappers).attributes.append(member)
        elif name == ".":
            _descend(root, wrappers).text = member
        else:
            _descend(root, wrappers).children.append(member)
    return root


def leaf_name(place: str) -> str:
    """Give the last name of a place, without the mark of an attribute."""
    return place.rpartition("/")[2].removeprefix("@")


def _descend(element: Element, wrappers: list[str]) -> Element:
    for name in wrappers:
        inner = next((child for child in element.elements() if child.name == name), None)
        if inner is None:
            inner = Element(name)
            element.children.append(inner)
        element = inner
    return element
