"""What code that reads records calls: the state of reading one plan, and its exceptional paths."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from iepbridge.mapping.layout import Layout
from iepbridge.mapping.reading import Reading
from iepbridge.mapping.records.form import counter, is_ordered, records
from iepbridge.plan import PlanData
from iepbridge.plan.shape import Path

NO_ROWS: Final[tuple["Row", ...]] = ()


@dataclass(slots=True, eq=False, repr=False)
class Row:
    """One record: its group's name, its cells as texts (empty where there is none).

    `number` says where it stands: the row within the plan, or the record within the file. `below`
    holds the records that belong to it, by group; `above` is the one that it belongs to. `nth`
    counts the records of its group within the plan, where `number` does not.
    """

    name: str
    cells: Sequence[str]
    number: int
    below: dict[str, list["Row"]] = field(default_factory=dict)
    above: "Row | None" = None
    nth: int = 0


@dataclass(frozen=True, slots=True)
class Ordered:
    """Groups whose records are numbered together over the whole plan, and in which cell."""

    names: tuple[str, ...]
    columns: tuple[int, ...]
    places: tuple[str, ...]


def ordered_groups(layout: Layout, named: Callable[[str], str] = str) -> tuple[Ordered, ...]:
    """Give the groups that are numbered over the whole plan, those of one list together.

    `named` writes a place as findings name it.
    """
    found: dict[Path, list[tuple[str, int, str]]] = {}
    for group in records(layout):
        own = counter(group)
        if own is not None and is_ordered(group):
            column = list(group.fields()).index(own)
            found.setdefault(group.canonical, []).append((group.name, column, named(own.place)))
    return tuple(Ordered(*zip(*rows, strict=True)) for rows in found.values())


class RecordReading(Reading):
    """The reading of one plan from its rows.

    `loose` holds the rows of groups that say themselves which part they belong to. `place_of`
    writes where a cell stands.
    """

    def __init__(
        self,
        row: Row,
        loose: Mapping[str, list[Row]],
        layout: Layout,
        place_of: Callable[[Row, str], str],
    ) -> None:
        super().__init__(layout)
        self.row = row
        self.place = place_of
        self._loose = loose
        self._order: dict[str, list[Row]] = {}
        self._claims: dict[tuple[str, ...], dict[str, list[Row]]] = {}

    def more(self, row: Row, name: str, required: bool) -> Row | None:
        """Give the one further record of a group; a second one is a finding.

        Where a required one is missing it is an empty one, so that its fields are asked for.
        """
        rows = row.below.get(name, NO_ROWS)
        for extra in rows[1:]:
            self.fail("FMT-VALUE", self.place(extra, ""), f"{name} once")
        if rows:
            return rows[0]
        return Row(name, _Nothing(), row.number) if required else None

    def order(self, groups: Iterable[Ordered]) -> None:
        """Put the rows of groups that are numbered over the whole plan in their order."""
        for ordered in groups:
            places = zip(ordered.names, ordered.columns, ordered.places, strict=True)
            rows = [
                (row, row.cells[column], place)
                for name, column, place in places
                for row in self._rows(name)
            ]
            if rows:
                self._order[ordered.names[0]] = self._numbered(rows)

    def _numbered(self, rows: list[tuple[Row, str, str]]) -> list[Row]:
        """Give rows in the order of their numbers; as they stand where a number is wrong.

        Each row comes with its number and the place of that.
        """
        numbers = dict.fromkeys(map(str, range(1, len(rows) + 1)))
        found: dict[str, Row] = {}
        for row, text, place in rows:
            if text in numbers and text not in found:
                found[text] = row
            else:
                rule = "FMT-VALUE" if text else "FMT-REQUIRED"
                self.fail(rule, self.place(row, place), "numbers from 1 without gap or repeat")
        if len(found) < len(rows):
            return [row for row, _, _ in rows]
        return [found[text] for text in numbers]

    def _rows(self, name: str) -> Sequence[Row]:
        rows: Sequence[Row] = self._loose.get(name, NO_ROWS)
        return rows or self.row.below.get(name, NO_ROWS)

    def merged(self, row: Row, names: tuple[str, ...]) -> Sequence[Row]:
        """Give the rows of groups that stand for one list, in the order they are numbered in."""
        if names[0] in self._order:
            return self._order[names[0]]
        return [one for name in names for one in row.below.get(name, NO_ROWS)]

    def claimed(self, names: tuple[str, ...], ties: tuple[int, ...], own: str) -> list[Row]:
        """Give the rows that name a part by its id, each only once."""
        if names not in self._claims:
            self._claims[names] = self._by_tie(names, ties)
        return self._claims[names].pop(own, []) if own else []

    def _by_tie(self, names: tuple[str, ...], ties: tuple[int, ...]) -> dict[str, list[Row]]:
        tie = dict(zip(names, ties, strict=True))
        rows = self._order.get(names[0])
        if rows is None:
            rows = [row for name in names for row in self._loose.get(name, NO_ROWS)]
        found: dict[str, list[Row]] = {}
        for row in rows:
            found.setdefault(row.cells[tie[row.name]], []).append(row)
        return found

    def unclaimed(self, ties: Mapping[str, tuple[int, str]]) -> None:
        """Note the rows whose part the plan lacks; `ties` has cell and place by group."""
        claimed = {row for rows in self._claims.values() for rest in rows.values() for row in rest}
        read = {name for names in self._claims for name in names}
        for name, rows in self._loose.items():
            column, place = ties[name]
            for row in rows:
                if name not in read or row in claimed:
                    rule = "FMT-VALUE" if row.cells[column] else "FMT-REQUIRED"
                    self.fail(rule, self.place(row, place), "the reference of one in the plan")

    def empty_sections(
        self, text: str, sections: tuple[str, ...], plan: PlanData, place: str
    ) -> None:
        """Make the lists that a text names empty; each must be known, and have no records."""
        for name in text.split(" ") if text else ():
            if name not in sections:
                self.fail("FMT-CODE", place, "names of sections, a space between them")
            elif name in plan:
                self.fail("FMT-VALUE", place, "sections without records")
            else:
                plan[name] = []


class _Nothing(Sequence[str]):
    """The cells of a record that is not there."""

    def __len__(self) -> int:
        return 0

    def __getitem__(self, at: Any) -> Any:
        return ""
