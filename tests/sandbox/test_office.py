"""Files taken in: once each, in sequence, in memory of what came before; answers as asked for."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.sandbox.files import Data, file_of, fitting

from iepbridge.errors import Misuse
from iepbridge.sandbox.book import Book, BookedFile
from iepbridge.sandbox.grounds import Grounds
from iepbridge.sandbox.office import Manner, Office
from iepbridge.sandbox.verdicts import Shares, Verdicts

NOBODY = Shares(0, 0, 0)
SYSTEMS = ("twist", "icc", "cwds", "toolbox")


class Desk:
    """An office with its grounds, without a server."""

    def __init__(
        self,
        root: Path,
        manner: Manner = Manner(),  # noqa: B008  frozen
        shares: Shares = NOBODY,
        *,
        late: bool = False,
    ) -> None:
        self.grounds = Grounds(root)
        self.office = Office(
            self.grounds,
            Verdicts(7, shares, all_late=late),
            manner,
            lambda: datetime(2026, 11, 2, 8, tzinfo=UTC),
        )

    def put(self, system: str, sequence: int, *plans: Data, content: bytes | None = None) -> str:
        name, written = file_of(system, sequence, *plans)
        (self.grounds.inbound(system) / name).write_bytes(content or written)
        return name

    def pickup(self) -> list[tuple[str, str]]:
        return [(one.name, one.result) for one in self.office.pickup(lambda _: True)]

    def out(self, system: str) -> list[str]:
        return sorted(path.name for path in self.grounds.outbound(system).iterdir())

    def book(self) -> list[BookedFile]:
        return list(self.office.book.files.values())


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_file_is_read_once_and_answered_once(tmp_path: Path, system: str) -> None:
    desk = Desk(tmp_path)
    name = desk.put(system, 41, *fitting(system, 2))
    assert desk.pickup() == [(name, "accepted")]
    assert desk.pickup() == []
    (booked,) = desk.book()
    assert [one.result for one in booked.plans] == ["accepted", "accepted"]
    assert booked.answered == tuple(desk.out(system))
    assert len(booked.answered) == 1
    assert not desk.office.owes


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_gap_waits_until_it_is_filled(tmp_path: Path, system: str) -> None:
    desk = Desk(tmp_path)
    one, two, three = fitting(system, 3)
    first, third = desk.put(system, 1, one), desk.put(system, 3, three)
    assert desk.pickup() == [(first, "accepted"), (third, "kept")]
    assert desk.pickup() == []
    assert len(desk.out(system)) == 1
    second = desk.put(system, 2, two)
    assert desk.pickup() == [(second, "accepted"), (third, "accepted")]
    assert [one.result for one in desk.book()] == ["accepted"] * 3
    assert len(desk.out(system)) == 3


def test_another_file_of_a_used_number_is_kept(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    one, two = fitting("twist", 2)
    name = desk.put("twist", 5, one)
    desk.pickup()
    desk.put("twist", 5, two)
    assert desk.pickup() == [(name, "kept")]
    assert desk.book()[1].why == "a repeat: 000006 is due"
    assert desk.pickup() == []


def test_numbers_begin_anew_after_the_last(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    one, two = fitting("cwds", 2)
    last = desk.put("cwds", 999_999, one)
    assert desk.pickup() == [(last, "accepted")]
    first = desk.put("cwds", 1, two)
    assert desk.pickup() == [(first, "accepted")]


def test_the_same_bytes_again_are_answered_again_and_applied_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Manner(), Shares(rejected=1, warned=0, late=0))
    (plan,) = fitting("toolbox", 1)
    name = desk.put("toolbox", 1, plan)
    desk.pickup()
    (answer,) = desk.out("toolbox")
    (desk.grounds.outbound("toolbox") / answer).unlink()
    (desk.grounds.inbound("toolbox") / name).unlink()
    desk.put("toolbox", 1, plan)
    assert desk.pickup() == []
    assert desk.out("toolbox") == [answer]
    (booked,) = desk.book()
    assert (booked.again, booked.answered) == (1, (answer, answer))


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_file_that_cannot_be_read_is_refused_and_its_number_used(
    tmp_path: Path, system: str
) -> None:
    desk = Desk(tmp_path)
    one, two = fitting(system, 2)
    first = desk.put(system, 1, one)
    bad = desk.put(system, 2, content=b"no file of anybody")
    last = desk.put(system, 3, two)
    assert desk.pickup() == [(first, "accepted"), (bad, "rejected"), (last, "accepted")]
    assert [one.why != "" for one in desk.book()] == [False, True, False]
    assert len(desk.out(system)) == 3


def test_a_name_other_than_the_envelope_s_refuses_the_file(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    name, content = file_of("icc", 1, *fitting("icc", 1))
    other = name.replace("GCWS", "OTHER")
    (desk.grounds.inbound("icc") / other).write_bytes(content)
    (desk.grounds.inbound("icc") / f"{name}.part").write_bytes(content)
    assert desk.pickup() == [(other, "rejected")]
    assert desk.book()[0].why.startswith("NAME: ")


@pytest.mark.parametrize("system", SYSTEMS)
def test_parts_and_repeats_go_out_one_pickup_after_the_other(tmp_path: Path, system: str) -> None:
    desk = Desk(tmp_path, Manner(parts=True, twice=True))
    desk.put(system, 1, *fitting(system, 4))
    desk.pickup()
    assert len(desk.out(system)) == 1
    (first,) = desk.out(system)
    (desk.grounds.outbound(system) / first).unlink()
    desk.pickup()
    assert first in desk.out(system)
    assert len(desk.out(system)) == 2
    for _ in range(3):
        desk.pickup()
    assert not desk.office.owes
    (booked,) = desk.book()
    assert len(booked.answered) == 2 * len(set(booked.answered))


def test_late_answers_come_late(tmp_path: Path) -> None:
    desk = Desk(tmp_path, late=True)
    desk.put("twist", 1, *fitting("twist", 1))
    desk.pickup()
    assert desk.out("twist") == []
    assert desk.office.owes
    for _ in range(3):
        desk.pickup()
    assert len(desk.out("twist")) == 1


def test_what_was_begun_is_known_again(tmp_path: Path) -> None:
    one, two, three, four = fitting("twist", 4)
    desk = Desk(tmp_path, late=True, shares=Shares(1, 0, 0))
    desk.put("twist", 1, one)
    kept = desk.put("twist", 3, three)
    desk.pickup()
    before = desk.book()
    desk = Desk(tmp_path, late=True, shares=Shares(1, 0, 0))
    assert desk.book() == before
    assert desk.office.owes
    second = desk.put("twist", 2, two, {**one, "comments": None, "version": one["version"]})
    assert desk.pickup() == [(second, "warnings"), (kept, "warnings")]
    results = {plan.plan_id: plan.result for plan in desk.book()[-1].plans}
    assert set(results.values()) == {"rejected"}
    for _ in range(4):
        desk.pickup()
    assert len(desk.out("twist")) == 3
    desk.put("twist", 4, four)
    assert len(desk.pickup()) == 1


def test_a_list_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "book.jsonl").write_text('{"kind": "file"\n')
    with pytest.raises(Misuse, match=r"book\.jsonl:1: no line of the sandbox's list"):
        Book(tmp_path / "book.jsonl")


def test_the_list_holds_no_person(tmp_path: Path) -> None:
    desk = Desk(tmp_path, shares=Shares(0.5, 0.5, 0))
    plans = fitting("twist", 4)
    desk.put("twist", 1, *plans)
    desk.pickup()
    text = (tmp_path / "book.jsonl").read_text()
    words = {one for plan in plans for one in personal(plan)}
    words = {one for one in words if len(one) > 3}
    assert len(words) > 4
    assert not [one for one in words if json.dumps(one)[1:-1] in text]


def personal(plan: Data) -> Iterable[str]:
    participant = plan["participant"]
    assert isinstance(participant, dict)
    yield participant["name"]["last"]
    yield participant["date_of_birth"]
    yield from participant["identifiers"].values()


def test_all_of_it_is_private(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "deep" / "root")
    desk.put("icc", 1, *fitting("icc", 1))
    desk.pickup()
    desk.grounds.next_number("icc")
    root = tmp_path / "deep" / "root"
    own = [root, *(path for path in root.rglob("*") if path.parent != desk.grounds.inbound("icc"))]
    assert {oct(path.stat().st_mode & 0o077) for path in own} == {"0o0"}
