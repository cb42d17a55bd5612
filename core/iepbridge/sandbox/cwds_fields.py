"""The fields of CWDS's records: `cwds.txt`, and a record cut by them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

from iepbridge.sandbox.envelope import is_day

_NO_DAY: Final = "00000000"
_ESCAPED: Final = re.compile(r"(?:[^\\]|\\[nrt\\e])*")


class Field(NamedTuple):
    """One field: where it stands, from 1 (0: in `80` records alone), and what as."""

    name: str
    position: int
    size: int
    kind: str
    required: bool
    codes: frozenset[str]


@cache
def fields() -> dict[str, dict[str, Field]]:
    """Give the fields of each type of record, by name."""
    found: dict[str, dict[str, Field]] = {}
    text = resources.files(__package__).joinpath("cwds.txt").read_text("ascii")
    for line in text.splitlines():
        if not line.startswith("#"):
            record, name, position, size, kind, *codes = line.split()
            known = frozenset(codes[0].split(",")) if codes else frozenset[str]()
            own = Field(name, int(position), int(size), kind[0], kind.endswith("*"), known)
            found.setdefault(record, {})[name] = own
    return found


@dataclass(frozen=True, slots=True)
class Record:
    """A record of 300 characters, with the parts that continue its fields."""

    text: str = field(repr=False)
    parts: dict[str, list[str]] = field(default_factory=dict, repr=False)

    @property
    def kind(self) -> str:
        """The record's type."""
        return self.text[:2]

    @property
    def number(self) -> str:
        """The record's number in the file."""
        return self.text[2:8]

    @property
    def plan_ref(self) -> str:
        """The plan that the record belongs to, empty in header and trailer."""
        return self.text[8:44].rstrip(" ")

    def raw(self, name: str) -> str:
        """Give a field as it stands, filler included; empty where it has no place of its own."""
        own = fields()[self.kind][name]
        return self.text[own.position - 1 :][: own.size] if own.position else ""

    def parts_of(self, own: Field) -> str:
        """Give what continues a field."""
        return "".join(self.parts.get(own.name, ()))

    def value(self, name: str) -> str:
        """Give a field without filler, with what continues it, escapes as they stand."""
        return self.raw(name).rstrip(" ") + "".join(self.parts.get(name, ()))


def faulty(record: Record) -> Iterator[tuple[str, str, str]]:
    """Find the fields that are missing or not of their kind: name, code, text."""
    known = fields().get(record.kind, {})
    for own in known.values():
        raw = record.raw(own.name)
        if own.required and not record.parts_of(own) and is_none(own, raw):
            yield own.name, "REQUIRED", "Required, and not there."
        elif own.position and not _has_form(own, raw):
            yield own.name, "FORM", "Not of the form of its place."
        elif not _is_known(own, raw):
            yield own.name, "CODE", "Not a code of its table."
    if _filler(record).strip(" "):
        yield "", "UNKNOWN", "Something stands behind the last field."
    if min(record.text) < " ":
        yield "", "FORM", "A byte below 0x20."


def _filler(record: Record) -> str:
    ends = [own.position + own.size for own in fields().get(record.kind, {}).values()]
    return record.text[max(ends, default=45) - 1 :]


def is_none(own: Field, raw: str) -> bool:
    """Say whether a field says nothing; an `80` of nothing but `\\e` closes the one before it."""
    if own.kind == "D" and raw == _NO_DAY:
        return True
    return raw.strip(" ") in (("",) if own.name == "Text" else ("", "\\e"))


def _has_form(own: Field, raw: str) -> bool:
    if own.kind == "D":
        return raw == _NO_DAY or is_day(f"{raw[:4]}-{raw[4:6]}-{raw[6:]}")
    if own.kind == "N":
        return raw.isascii() and raw.isdecimal()
    if own.kind == "M":
        return not raw.strip(" ") or (raw.isascii() and raw.isdecimal())
    if own.kind == "B":
        return raw in {"Y", "N", " "}
    if own.kind == "K":
        return " " not in raw.rstrip(" ")
    return _ESCAPED.fullmatch(raw.rstrip(" ")) is not None


def _is_known(own: Field, raw: str) -> bool:
    code = raw.rstrip(" ")
    return not own.codes or code in own.codes or code == ("00" if own.kind == "N" else "")
