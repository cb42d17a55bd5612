"""The CSV files of a mapping as rows: the table of fields, and the code tables."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, get_args

from iepbridge.crosswalk import DIRECTIONS, Crosswalk, Direction, Row
from iepbridge.mapping.files import CODES, FIELDS, SourceFile
from iepbridge.mapping.mistakes import Mistakes

FIELD_COLUMNS: Final = ("in", "place", "kind", "size", "required", "canonical", "codes", "note")
CODE_COLUMNS: Final = ("table", "canonical", "code", "direction", "note")
_FOR_PEOPLE: Final = frozenset({"title", "basis", "note"})


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One row of `fields.csv`, as it stands."""

    group: str
    place: str
    kind: str
    size: str
    required: str
    canonical: str
    codes: str
    line: int


def field_rows(source: SourceFile, mistakes: Mistakes) -> list[FieldRow]:
    """Read the table of fields."""
    rows = _records(source, FIELD_COLUMNS, mistakes)
    return [_field_row(cells, line) for line, cells in rows]


def _field_row(cells: list[str], line: int) -> FieldRow:
    group, place, kind, size, required, canonical, codes, _ = cells
    return FieldRow(group, place, kind, size, required, canonical, codes, line)


def crosswalks(files: dict[str, SourceFile], mistakes: Mistakes) -> dict[str, Crosswalk]:
    """Read every code table: those of `codes.csv`, and one from each further CSV file."""
    tables = {}
    if CODES in files:
        tables.update(_small_tables(files[CODES], mistakes))
    for name, source in files.items():
        if source.path.suffix == ".csv" and name not in (FIELDS, CODES):
            tables[source.path.stem] = _own_table(source, mistakes)
    for table in tables.values():
        for line, what in table.mistakes():
            mistakes.add(files[table.file], line, f"table {table.name}: {what}")
    return tables


def _small_tables(source: SourceFile, mistakes: Mistakes) -> dict[str, Crosswalk]:
    grouped: dict[str, list[Row]] = {}
    for line, (name, canonical, code, direction, _) in _records(source, CODE_COLUMNS, mistakes):
        row = _row(source, mistakes, canonical, (code,), direction, line)
        grouped.setdefault(name, []).append(row)
    return {
        name: Crosswalk(name, source.name, ("code",), tuple(rows)) for name, rows in grouped.items()
    }


def _own_table(source: SourceFile, mistakes: Mistakes) -> Crosswalk:
    header = next(iter(csv.reader(io.StringIO(source.text))), [])
    columns = tuple(name for name in header[1:] if name not in {*_FOR_PEOPLE, "direction"})
    rows = []
    for line, cells in _records(source, tuple(header), mistakes):
        named = dict(zip(header, cells, strict=True))
        codes = tuple(named[column] for column in columns)
        direction = named.get("direction", "")
        rows.append(_row(source, mistakes, named.get("canonical", ""), codes, direction, line))
    if header[:1] != ["canonical"] or not columns:
        mistakes.add(source, 1, "a code table begins with the column canonical and has codes")
    return Crosswalk(source.path.stem, source.name, columns, tuple(rows))


def _row(
    source: SourceFile,
    mistakes: Mistakes,
    canonical: str,
    codes: tuple[str, ...],
    direction: str,
    line: int,
) -> Row:
    if direction not in DIRECTIONS:
        mistakes.add(source, line, f"direction {direction!r}: expected nothing, write or read")
    if not canonical or not all(codes):
        mistakes.add(source, line, "a row of a code table has a canonical code and the state's")
    known: Direction = direction if direction in get_args(Direction) else ""  # type: ignore[assignment]
    return Row(canonical, codes, known, line)


def _records(
    source: SourceFile, columns: Sequence[str], mistakes: Mistakes
) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(source.text, newline=""), strict=True)
    try:
        if next(reader, None) != list(columns):
            mistakes.add(source, 1, f"expected the columns {','.join(columns)}")
            return
        for cells in reader:
            if len(cells) == len(columns):
                yield reader.line_num, cells
            elif cells:
                what = f"{len(cells)} cells, expected {len(columns)}"
                mistakes.add(source, reader.line_num, what)
    except csv.Error as error:
        mistakes.add(source, reader.line_num, f"not CSV: {error}")
