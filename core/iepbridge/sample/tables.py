"""The tables that plans draw from: occupations, places, names, and the texts about them."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from typing import Final, NamedTuple, get_args

from iepbridge.plan import codes
from iepbridge.sample.banks import Row, bank, columns, filled, table

CLUSTERS: Final[tuple[str, ...]] = get_args(codes.CareerCluster)
_QUARTERS: Final = range(-6, 13)


@dataclass(frozen=True)
class Occupation:
    """An occupation: its O*NET-SOC code, what it pays an hour, what a person needs for it.

    `cluster` is a career cluster's name; `schooled` says that it takes a course, not only work.
    """

    code: str
    title: str
    job: str
    wage: Decimal
    cluster: str
    credential: str
    schooled: bool

    @cached_property
    def position(self) -> str:
        """Give the job's name without its article, as in `Truck driver`."""
        name = self.job.partition(" ")[2]
        return name[:1].upper() + name[1:]

    @cached_property
    def wages(self) -> tuple[Decimal, ...]:
        """Give wages about the usual one, in steps of a quarter."""
        return tuple(self.wage + Decimal(step) / 4 for step in _QUARTERS)

    @cached_property
    def goals(self) -> Mapping[str, tuple[Row, ...]]:
        """Give goals by term or category: kind, title, outcome, measure."""
        words = {"job": self.job, "wage": str(self.wage), "credential": self.credential}
        return {key: columns(filled(entries, words)) for key, entries in bank("goals").items()}


class City(NamedTuple):
    """A city, its county, one of its ZIP codes and its telephone area."""

    city: str
    county: str
    zip: str
    area: str


class Board(NamedTuple):
    """A workforce board and the employer of its staff."""

    name: str
    code: str
    employer: str


class Region(NamedTuple):
    """A state's two capitals, its cities and its boards."""

    state: str
    cities: tuple[City, ...]
    boards: tuple[Board, ...]


class PersonalName(NamedTuple):
    """A part of a name, and its letters a-z for an e-mail address."""

    text: str
    plain: str


@cache
def occupations() -> tuple[Occupation, ...]:
    """Give the occupations, at least three to a career cluster."""
    return tuple(
        Occupation(
            row["code"],
            row["title"],
            row["job"],
            Decimal(row["wage"]),
            CLUSTERS[int(row["cluster"]) - 1],
            row["credential"],
            row["sector"] == "school",
        )
        for row in table("occupations")
    )


@cache
def trades() -> tuple[tuple[Occupation, ...], ...]:
    """Give the occupations of each career cluster, clusters in alphabetical order."""
    every = occupations()
    return tuple(tuple(one for one in every if one.cluster == cluster) for cluster in CLUSTERS)


@cache
def regions() -> Mapping[str, Region]:
    """Give the states by their two capitals."""
    cities, boards = list(table("cities")), list(table("boards"))
    states = dict.fromkeys(row["state"] for row in cities)
    return {
        state: Region(state, _cities(cities, state), _boards(boards, state)) for state in states
    }


def _cities(cells: list[dict[str, str]], state: str) -> tuple[City, ...]:
    return tuple(
        City(row["city"], row["county"], row["zip"], row["area_code"])
        for row in cells
        if row["state"] == state
    )


def _boards(cells: list[dict[str, str]], state: str) -> tuple[Board, ...]:
    return tuple(
        Board(row["board"], row["board_code"], row["employer"])
        for row in cells
        if row["state"] == state
    )


@cache
def names(section: str) -> tuple[PersonalName, ...]:
    """Give the names of one section of the bank of names."""
    return tuple(PersonalName(name, _plain(name)) for name in bank("names")[section])


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in letters if letter.isascii() and letter.isalpha()).lower()
