"""From the rows of the table of fields to the tree of groups."""

import re
from collections.abc import Mapping, Sequence
from typing import Final, get_args

from iepbridge.crosswalk import Crosswalk
from iepbridge.mapping.files import SourceFile
from iepbridge.mapping.layout import (
    WITHOUT_PATH,
    Field,
    FieldKind,
    FrameField,
    FrameKind,
    Group,
    GroupKind,
    Required,
    Size,
    Where,
)
from iepbridge.mapping.mistakes import Mistakes
from iepbridge.mapping.rows import FieldRow
from iepbridge.plan.shape import Path, parse_path, shape_at

_GROUP_KINDS: Final = get_args(GroupKind)
_FIELD_KINDS: Final = get_args(FieldKind)
_FRAME_KINDS: Final = get_args(FrameKind)
_REQUIRED: Final = get_args(Required)
_SIZE: Final = re.compile(r"(?:(?P<least>[0-9]+)-)?(?P<most>[0-9]+)(?P<on>\+?)|\+")
_FILTERED: Final = re.compile(r"(?P<list>.+)\[(?P<field>[a-z_]+)(?P<not>!?)=(?P<value>[a-z_]+)\]")
_FLAG: Final = re.compile(r"(?P<place>@?[^=]+)=(?P<value>.+)")


class Builder:
    """Builds the frame and the tree of groups, noting every mistake by its line."""

    def __init__(
        self,
        rows: Sequence[FieldRow],
        tables: Mapping[str, Crosswalk],
        source: SourceFile,
        mistakes: Mistakes,
    ) -> None:
        self._rows = rows
        self._tables = tables
        self._source = source
        self._mistakes = mistakes

    def build(self) -> tuple[tuple[FrameField, ...], Group | None]:
        """Give the places of the frame and the plan's group (None where there is no one such)."""
        self._check_homes()
        frame = tuple(
            self._frame_field(row) for row in self._rows if not row.group and not _is_plan(row)
        )
        plans = [row for row in self._rows if _is_plan(row)]
        if len(plans) != 1 or plans[0].group:
            line = plans[-1].line if plans else 1
            self._note(line, "expected one row of kind plan, in no group")
            return frame, None
        return frame, self._group(plans[0])

    def _check_homes(self) -> None:
        homes: set[str] = set()
        for row in self._rows:
            if row.kind in _GROUP_KINDS:
                if _name(row) in homes:
                    self._note(row.line, f"{_name(row)!r}: a group of this name stands above")
                homes.add(_name(row))
        seen: set[tuple[str, str]] = set()
        for row in self._rows:
            if row.group and row.group not in homes:
                self._note(row.line, f"in {row.group!r}: no row makes a group of that name")
            if row.group and row.group == _name(row) and row.kind in _GROUP_KINDS:
                self._note(row.line, f"{row.group!r} cannot stand in itself")
            if (row.group, row.place) in seen:
                self._note(row.line, f"{row.place!r} stands twice in {row.group or 'the frame'}")
            seen.add((row.group, row.place))

    def _frame_field(self, row: FieldRow) -> FrameField:
        if row.kind not in _FRAME_KINDS:
            self._note(row.line, f"kind {row.kind!r} cannot stand outside the plans")
        kind: FrameKind = row.kind  # type: ignore[assignment]
        size = self._size(row)
        return FrameField(
            row.place, kind, row.codes, row.canonical, row.line, size.most if size else 0
        )

    def _group(self, row: FieldRow) -> Group:
        path, where = self._group_path(row)
        members = tuple(self._member(inner) for inner in self._of(_name(row)))
        kind: GroupKind = row.kind  # type: ignore[assignment]
        flag = _FLAG.fullmatch(row.codes) if kind == "section" else None
        return Group(
            name=_name(row),
            kind=kind,
            place=row.place,
            canonical=path,
            where=where,
            flag=(flag["place"], flag["value"]) if flag else None,
            members=members,
            line=row.line,
            required=row.required,  # type: ignore[arg-type]
        )

    def _of(self, group: str) -> list[FieldRow]:
        return [row for row in self._rows if row.group == group and _name(row) != group]

    def _member(self, row: FieldRow) -> Field | Group:
        return self._group(row) if row.kind in _GROUP_KINDS else self._field(row)

    def _group_path(self, row: FieldRow) -> tuple[Path, Where | None]:
        filtered = _FILTERED.fullmatch(row.canonical)
        if filtered is None:
            path = self._path(row, row.canonical)
            return path, None
        path = self._path(row, f"{filtered['list']}[]")
        return path, Where(filtered["field"], filtered["value"], other=bool(filtered["not"]))

    def _field(self, row: FieldRow) -> Field:
        if row.kind not in _FIELD_KINDS:
            known = ", ".join([*_FIELD_KINDS, *_GROUP_KINDS])
            self._note(row.line, f"kind {row.kind!r}: expected one of {known}")
        if row.required not in _REQUIRED:
            self._note(
                row.line, f"required {row.required!r}: expected nothing, yes, together, file"
            )
        table, column = self._table(row)
        return Field(
            place=row.place,
            kind=row.kind,  # type: ignore[arg-type]
            size=self._size(row),
            required=row.required,  # type: ignore[arg-type]
            canonical=self._path(row, row.canonical),
            table=table,
            column=column,
            line=row.line,
            sections=tuple(row.codes.split()) if row.kind == "empty sections" else (),
        )

    def _path(self, row: FieldRow, text: str) -> Path:
        path = parse_path(text)
        if not text and row.kind in _FIELD_KINDS and row.kind not in WITHOUT_PATH:
            self._note(row.line, f"a field of kind {row.kind} has a canonical path")
        if path is None or shape_at(path) is None:
            self._note(row.line, f"canonical {row.canonical!r}: the plan has no such field")
            return ()
        return path

    def _size(self, row: FieldRow) -> Size | None:
        match = _SIZE.fullmatch(row.size)
        if row.size and match is None:
            self._note(
                row.line, f"size {row.size!r}: expected 35, 1-9, or 4000+ for one that goes on"
            )
        if match is None:
            return None
        continues = row.size.endswith("+")
        return Size(int(match["least"] or 0), int(match["most"] or 0), continues)

    def _table(self, row: FieldRow) -> tuple[Crosswalk | None, str]:
        if row.kind != "code":
            return None, ""
        name, _, column = row.codes.partition(":")
        table = self._tables.get(name)
        if table is None:
            self._note(row.line, f"codes {name!r}: there is no such code table")
        elif (column or table.columns[0]) not in table.columns:
            self._note(row.line, f"codes {row.codes!r}: the table has {', '.join(table.columns)}")
        else:
            return table, column or table.columns[0]
        return None, ""

    def _note(self, line: int, what: str) -> None:
        self._mistakes.add(self._source, line, what)


def _is_plan(row: FieldRow) -> bool:
    return row.kind == "plan"


def _name(row: FieldRow) -> str:
    return row.place.rpartition("/")[2]
