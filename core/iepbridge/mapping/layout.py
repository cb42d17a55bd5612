"""A mapping as values: what `read` builds, and all compilers work from.

A layout is a tree: groups (a record, an element that repeats) hold fields and groups, in the
order in which they are written. Every canonical path is absolute, so that a row of the table
can be read alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from iepbridge.crosswalk import Crosswalk
from iepbridge.mapping.file_forms import FileForm
from iepbridge.mapping.files import SourceFile
from iepbridge.plan.shape import Leaf, Path, shape_at

GroupKind: TypeAlias = Literal[
    "plan", "list", "later", "one", "map", "more", "section", "none", "first"
]
FieldKind: TypeAlias = Literal[
    "text",
    "system id",
    "system text",
    "digits",
    "letters",
    "integer",
    "positive",
    "number",
    "date",
    "flag",
    "code",
    "occupation",
    "zip",
    "ssn",
    "position",
    "part",
    "parts",
    "key",
    "copy",
    "order",
    "parent",
    "repeat",
    "item count",
    "json",
    "empty sections",
]
WITHOUT_PATH: Final = ("position", "part", "parts", "key", "order", "empty sections")
"""The kinds of field that stand for no leaf of the plan."""

CARRYING_NOTHING: Final = ("copy", "parent", "repeat", "item count")
"""The kinds of field that say again what has its place elsewhere."""

FrameKind: TypeAlias = Literal[
    "release",
    "party",
    "sequence",
    "created",
    "created day",
    "created time",
    "mode",
    "file id",
    "count",
    "byte count",
]
EVERY_RECORD: Final = "*"
"""What a count names when it counts the records of all groups."""

Required: TypeAlias = Literal["", "yes", "together", "file"]


@dataclass(frozen=True, slots=True)
class Size:
    """How long a value may be; `continues` says that what is longer goes on elsewhere."""

    least: int
    most: int
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Where:
    """Which items of a list a group stands for: those whose `field` has the code `value`.

    With `other`, those where it has any other code.
    """

    field: str
    value: str
    other: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One place for one value; `line` is its line in the table of fields.

    `sections` are the lists that a field of kind `empty sections` can name.
    """

    place: str
    kind: FieldKind
    size: Size | None
    required: Required
    canonical: Path
    table: Crosswalk | None
    column: str
    line: int
    sections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A record or element with what stands in it.

    `plan` is the whole plan; `list` repeats for the items of a list, `later` too, behind all
    records of the group it stands in; `one` is at most one of them; `map` repeats for the entries
    of a map; `more` is a further record of the same; `section` stands when a list was discussed,
    with `flag` set where it is empty; `none` stands when a list was discussed and is empty;
    `first` is an element of which only the first counts.
    """

    name: str
    kind: GroupKind
    place: str
    canonical: Path
    where: Where | None
    flag: tuple[str, str] | None
    members: "tuple[Field | Group, ...]"
    line: int
    required: Required = ""

    def fields(self) -> "Iterator[Field]":
        """Give the fields that stand directly in this group."""
        return (member for member in self.members if isinstance(member, Field))

    def groups(self) -> "Iterator[Group]":
        """Give the groups that stand directly in this group."""
        return (member for member in self.members if isinstance(member, Group))


@dataclass(frozen=True, slots=True)
class FrameField:
    """One place outside the plans: a value of the envelope, or a count of a group's elements.

    `size` is how many bytes it has where places have positions.
    """

    place: str
    kind: FrameKind
    counted: str
    canonical: str
    line: int
    size: int = 0


@dataclass(frozen=True, slots=True)
class FlatPart:
    """One value of a flattened line, with what stands before it when it is not the first."""

    field: str
    before: str
    label: str


@dataclass(frozen=True, slots=True)
class Flattened:
    """Items that a format has no place for and that become lines at the end of a text."""

    canonical: Path
    into: Path
    line: str
    parts: tuple[FlatPart, ...]


@dataclass(frozen=True, slots=True)
class Default:
    """What a format demands where the plan has none, when `field` has the code `equals`.

    It is `value`, or the first that there is of the plan's texts at `sources`.
    """

    value: str
    sources: tuple[Path, ...]
    field: str
    equals: str


@dataclass(frozen=True, slots=True)
class Forms:
    """How dates, flags and numbers are written throughout.

    `leading_zeros` says whether whole numbers may have them; `decimals` how many places a decimal
    without a point implies, None where decimals are written plainly.
    """

    date: str
    true: str
    false: str
    leading_zeros: bool = True
    decimals: int | None = None


def is_own_id(field: Field) -> bool:
    """Say whether a field is an attribute that holds the id of its group's part."""
    leaf = shape_at(field.canonical)
    holds_id = isinstance(leaf, Leaf) and leaf.required and leaf.plain > 0
    return bool(field.canonical) and holds_id and field.place.startswith("@")


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole mapping; `constants` are canonical values the format does not carry but implies."""

    system: str
    title: str
    release: str
    file: FileForm
    forms: Forms
    constants: Mapping[Path, str]
    defaults: Mapping[Path, Default]
    flattened: tuple[Flattened, ...]
    ids: Mapping[Path, str]
    frame: tuple[FrameField, ...]
    plan: Group
    sources: Mapping[str, SourceFile]

    def every_group(self) -> Iterator[Group]:
        """Give all groups, the plan's first, each before those within it."""
        waiting = [self.plan]
        while waiting:
            group = waiting.pop(0)
            yield group
            waiting.extend(group.groups())

    def every_field(self) -> Iterator[Field]:
        """Give all fields of all groups."""
        for group in self.every_group():
            yield from group.fields()

    def own_keys(self, entries: Path) -> tuple[str, ...]:
        """Give the keys of a map that have places of their own, in alphabetical order."""
        paths = {field.canonical for field in self.every_field()}
        return tuple(
            sorted(one[-1] for one in paths if one[:-1] == entries[:-1] and one != entries)
        )
