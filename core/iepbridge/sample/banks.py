"""The word banks under `banks/`, read when first asked for.

A text bank holds sections: `[name]`, then one entry a line; `#` opens a comment. `{slot}` in an
entry stands for each of several words, so that one line gives up to `VARIANTS` texts.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Final, TypeAlias

Bank: TypeAlias = Mapping[str, tuple[str, ...]]
Row: TypeAlias = tuple[str, ...]

VARIANTS: Final = 10
_COLUMNS: Final = " | "
_SLOT: Final = re.compile(r"\{(\w+)\}")
_MARKS: Final = {"¶": "\n", "␍": "\r\n", "→": "\t", "␣": " "}


def _text(name: str) -> str:
    folder = resources.files("iepbridge.sample").joinpath("banks")
    return folder.joinpath(name).read_text(encoding="utf-8")


@cache
def bank(name: str) -> Bank:
    """Give the sections of `<name>.txt`, slots not yet filled."""
    sections: dict[str, list[str]] = {}
    for line in _text(f"{name}.txt").splitlines():
        if line.startswith("["):
            entries = sections.setdefault(line[1:-1], [])
        elif line and not line.startswith("# "):
            entries.append(_marked(line))
    return {section: tuple(entries) for section, entries in sections.items()}


def _marked(line: str) -> str:
    for mark, meaning in _MARKS.items():
        line = line.replace(mark, meaning)
    return line


def table(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of `<name>.csv`, each a cell by column."""
    return csv.DictReader(_text(f"{name}.csv").splitlines())


@cache
def texts(name: str) -> Bank:
    """Give a bank with every slot filled."""
    return {section: filled(entries, {}) for section, entries in bank(name).items()}


@cache
def rows(name: str) -> Mapping[str, tuple[Row, ...]]:
    """Give a bank with every slot filled, each entry cut into its columns."""
    return {section: columns(entries) for section, entries in texts(name).items()}


def columns(entries: Sequence[str]) -> tuple[Row, ...]:
    """Cut each entry at ` | `; a column after the first begins with a capital letter."""
    return tuple(_capitals(entry.split(_COLUMNS)) for entry in entries)


def _capitals(cells: list[str]) -> Row:
    return (cells[0], *(cell[:1].upper() + cell[1:] for cell in cells[1:]))


def filled(entries: Sequence[str], words: Mapping[str, str]) -> tuple[str, ...]:
    """Fill the slots of each entry: those in `words` with that word, the others in variants."""
    return tuple(dict.fromkeys(text for entry in entries for text in _variants(entry, words)))


def _variants(entry: str, words: Mapping[str, str]) -> Iterator[str]:
    slots = [slot for slot in dict.fromkeys(_SLOT.findall(entry)) if slot not in words]
    for turn in range(VARIANTS if slots else 1):
        chosen = {slot: _option(slot, turn, place) for place, slot in enumerate(slots)}
        yield entry.format_map({**chosen, **words})


def _option(slot: str, turn: int, place: int) -> str:
    options = bank("slots")[slot]
    return options[(turn * (2 * place + 1) + place) % len(options)]
