"""What holds a CWDS plan and what is kept of it, by the product and by the hand-written reading."""

from collections.abc import Callable

import pytest
from bench.baseline import cwds
from bench.baseline.reading import FileRefused
from tests.oracles.cwds_files import cwds_plan, records_of, refiled, with_field
from tests.plugins.test_laws import ENVELOPE, read

from iepbridge.errors import Unreadable
from iepbridge.plan import read_plan

Records = list[str]
FULL = records_of(cwds.write_file([read_plan(cwds_plan())], ENVELOPE))


def at(kind: str, nth: int = 1) -> int:
    """Give the place of a record of a type."""
    return [place for place, record in enumerate(FULL) if record[:2] == kind][nth - 1]


def number(place: int) -> str:
    return f"{place + 2:06}"


def changed(kind: str, field: str, text: str, nth: int = 1) -> Records:
    records = list(FULL)
    records[at(kind, nth)] = with_field(FULL[at(kind, nth)], field, text)
    return records


def spliced(kind: str, start: int, text: str) -> Records:
    """Put a text into the first record of a type, from a byte counted from 1."""
    records, record = list(FULL), FULL[at(kind)]
    records[at(kind)] = record[: start - 1] + text + record[start - 1 + len(text) :]
    return records


def going_on(kind: str, field: str, text: str) -> Records:
    """Add a record that goes on with a field of the first record of a type."""
    owner, records = FULL[at(kind)], list(FULL)
    further = f"80{'':6}{owner[8:44]}{owner[2:8]}{field:<20}001{text}"
    records.insert(at(kind) + 1, further.ljust(300))
    return records


def moved(kind: str, to: int) -> Records:
    records = list(FULL)
    records.insert(to, records.pop(at(kind)))
    return records


HELD: dict[str, tuple[Records, set[tuple[str, str]]]] = {
    "no participant id": (
        changed("10", "ParticipantId", ""),
        {("FMT-ID", "participant.identifiers.cwds")},
    ),
    "a step of no goal": (
        changed("25", "GoalRef", "G9", 3),
        {("FMT-VALUE", f"{number(at('25', 3))}/GoalRef")},
    ),
    "a record too early": (moved("90", at("60")), {("FMT-VALUE", number(at("60") + 1))}),
    "a date of a note too early": (
        moved("53", at("51")),
        {("FMT-VALUE", number(at("51") + 1))},
    ),
    "no part": (spliced("80", 71, "   "), {("FMT-REQUIRED", f"{number(at('80'))}/Part")}),
    "another part": (spliced("80", 71, "002"), {("FMT-VALUE", f"{number(at('80'))}/Part")}),
    "no owner": (spliced("80", 45, " " * 6), {("FMT-REQUIRED", f"{number(at('80'))}/OwnerRecord")}),
    "no field": (spliced("80", 51, " " * 20), {("FMT-REQUIRED", f"{number(at('80'))}/Field")}),
    "no text": (spliced("80", 74, " " * 200), {("FMT-REQUIRED", f"{number(at('80'))}/Text")}),
    "a date padded with spaces": (changed("20", "Set", "0000"), {("FMT-VALUE", "goals[0].set_on")}),
    "a reference that goes on": (
        going_on("51", "NoteRef", "x"),
        {("FMT-VALUE", f"{number(at('51'))}/NoteRef")},
    ),
    "a control byte in a name": (
        changed("90", "Name", "a\tb"),
        {("FMT-VALUE", f"{number(at('90'))}/Name")},
    ),
    "a control byte behind a text": (
        spliced("80", 290, "\t"),
        {("FMT-VALUE", f"{number(at('80'))}/290")},
    ),
    "a control byte in a code": (changed("20", "Term", "\t"), {("FMT-VALUE", "goals[0].term")}),
}


@pytest.mark.parametrize("case", HELD)
def test_a_plan_is_held(case: str) -> None:
    records, expected = HELD[case]
    (arrival,) = read("cwds", refiled(records))
    ((_, found, _),) = cwds.read_file(refiled(records))
    assert {(finding.rule, finding.path) for finding in arrival.findings} == expected
    assert {finding[:2] for finding in found} == expected


KEPT: dict[str, tuple[Records, str, str]] = {
    "an unknown field": (going_on("20", "Wage", "12"), "20/Wage", "12"),
    "its name is a text": (going_on("20", "a\\\\b\\n", "12"), "20/a\\b\n", "12"),
    "a field that does not go on": (going_on("20", "Term", "12"), "20/Term", "12"),
    "the plan's own id": (going_on("20", "PlanRef", "12"), "20/PlanRef", "12"),
    "behind the last field": (spliced("20", 291, "a  b"), "20/291", "a  b"),
    "behind the text of another record": (spliced("80", 290, "a"), "80/290", "a"),
}


@pytest.mark.parametrize("case", KEPT)
def test_a_text_without_a_place_is_kept(case: str) -> None:
    records, key, text = KEPT[case]
    (arrival,) = read("cwds", refiled(records))
    ((data, found, unmapped),) = cwds.read_file(refiled(records))
    assert (list(arrival.findings), found, unmapped) == ([], [], [key])
    assert [loss.path for loss in arrival.losses] == [f"extensions.cwds.{key}"]
    assert arrival.plan is not None
    assert arrival.plan.extensions is not None
    assert arrival.plan.extensions["cwds"][key] == data["extensions"]["cwds"][key] == text


def test_records_without_a_plan_id_are_those_of_the_plan_without_one() -> None:
    blank = [record[:8] + " " * 36 + record[44:] for record in FULL]
    arrivals = read("cwds", refiled([*blank, *FULL, *blank]))
    assert [arrival.plan is None for arrival in arrivals] == [True, False, True]
    held, _, again = [
        {(finding.rule, finding.path) for finding in arrival.findings} for arrival in arrivals
    ]
    assert held == again == {("FMT-REQUIRED", "plan_id")}


WHOLE: dict[str, Callable[[bytes], bytes]] = {
    "no 1A": lambda content: content[:-1],
    "bytes behind it": lambda content: content + b"\x1a",
    "a byte that the page lacks": lambda content: content.replace(b"PLAN_1-a", b"PLAN_1-\x81", 1),
    "cut within a record": lambda content: content[: 302 * 40 + 100],
    "cut behind a record": lambda content: content[: 302 * 40],
    "a line end of one byte": lambda content: content.replace(b"\r\n", b" \n", 1),
    "no trailer": lambda content: content[:-303] + b"\x1a",
}


@pytest.mark.parametrize("case", WHOLE)
def test_the_whole_file_is_refused(case: str) -> None:
    content = WHOLE[case](refiled(FULL))
    with pytest.raises(Unreadable):
        read("cwds", content)
    with pytest.raises(FileRefused):
        cwds.read_file(content)


def test_a_type_with_a_control_character_holds_the_plan_with_or_without_content() -> None:
    for kind, rest in (("\x01\x02", ""), ("\x01\x02", "a"), ("5\r", "a")):
        records = [*FULL, f"{kind}{'':6}{FULL[0][8:44]}{rest}".ljust(300)]
        (arrival,) = read("cwds", refiled(records))
        place = f"{len(records) + 1:06}"
        assert [(one.rule, one.path) for one in arrival.findings] == [("FMT-VALUE", place)]
