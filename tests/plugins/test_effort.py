"""Bad input takes work in proportion to its size, whatever is wrong with it.

Work is counted, not timed: lines run, and calls of functions in Python and in C.
"""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import pytest
from tests.oracles.cwds_files import cwds_plan, records_of, refiled, with_field
from tests.oracles.icc_texts import MANIFEST, full_icc_plan, packed, unpacked
from tests.plugins.test_laws import read, write

FULL = {
    system: (Path(__file__).parents[1] / "oracles" / f"full_{system}.xml").read_text("utf-8")
    for system in ("toolbox", "twist")
}
NOTE = '<CounselorNote ref="R{n}" part="1" parts="2"><Date>2024-01-01</Date></CounselorNote>'


class Counted:
    """Counts the lines and calls of what runs while it is in force."""

    def __init__(self) -> None:
        self.work = 0

    def __enter__(self) -> Self:
        self._before = sys.getprofile(), sys.gettrace()
        sys.settrace(self._trace)
        sys.setprofile(self._profile)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(self._before[0])
        sys.settrace(self._before[1])

    def _profile(self, _: object, event: str, __: object) -> None:
        self.work += event == "c_call"

    def _trace(self, _: object, event: str, __: object) -> Any:
        self.work += event in ("call", "line")
        return self._trace


def work_of(call: Callable[[], object]) -> int:
    """Count the lines that a call runs, and the calls that it makes."""
    with Counted() as counted:
        call()
    return counted.work


def assert_in_proportion(make: Callable[[int], bytes], system: str, small: int = 100) -> None:
    """See that eight times as many pieces take at most about eight times the work."""
    none, few, many = (make(count) for count in (1, small, 8 * small))
    read(system, none)  # compiles the mapping
    idle = work_of(lambda: read(system, none))
    little = work_of(lambda: read(system, few)) - idle
    assert little > small
    assert work_of(lambda: read(system, many)) - idle < 10 * little


# XML


def _with(system: str, piece: str, count: int) -> bytes:
    """Put many of one piece into the first plan of a file, its counts mended."""
    end = {"twist": "</Customer>", "toolbox": "</IEP>"}[system]
    pieces = "".join(piece.replace("{n}", str(number)) for number in range(count))
    text = FULL[system].replace(end, pieces + end, 1)
    stated = re.search("<CounselorNoteCount>([0-9]+)", text)
    if stated and "CounselorNote" in piece:
        more = f"<CounselorNoteCount>{int(stated[1]) + count}"
        text = text.replace(stated[0], more)
    return text.encode()


WRONG: list[tuple[str, str]] = [
    ("toolbox", "<x>1</x>"),
    ("toolbox", '<Extra name="{n}" odd="1">x</Extra>'),
    ("twist", '<Barrier ref="b{n}" code="ZZ"/>'),
    ("twist", '<Barrier ref="b{n}" code="AT" odd="1"/>'),
    ("twist", NOTE),
]


@pytest.mark.parametrize(("system", "piece"), WRONG, ids=[piece for _, piece in WRONG])
def test_many_faults_take_work_in_proportion(system: str, piece: str) -> None:
    assert_in_proportion(lambda count: _with(system, piece, count), system)


# ICC

ICC, _ = write("icc", full_icc_plan())
ROWS = {
    "right": ("BARRIER", "PLAN_1-a|B{n}9|{sort}|HEALTH||||||"),
    "one Sort": ("BARRIER", "PLAN_1-a|B{n}9|1|HEALTH||||||"),
    "no Sort": ("BARRIER", "PLAN_1-a|B{n}9||HEALTH||||||"),
    "a code": ("BARRIER", "PLAN_1-a|B{n}9|{sort}|ZZ||||||"),
    "no goal": ("OBJECTIVE", "PLAN_1-a|NONE|A{n}9|{sort}|x|||||||||"),
    "one goal": ("OBJECTIVE", "PLAN_1-a|G1|A{n}9|{sort}|x|||||||||"),
    "one name": ("EXTRA", "PLAN_1-a|one|x"),
    "quotes": ("EXTRA", 'PLAN_1-a|n{n}|"""|"""'),
    "breaks": ("EXTRA", 'PLAN_1-a|n{n}|"a\r\nb"'),
    "another person": ("PERSON", "PLAN_1-a|1|x|x||||01/01/1990||||||||||||||"),
    "json": ("ASSESSMENT", 'PLAN_1-a|{sort}|TABE||||"[{{""x"":1}}]"'),
}


def _icc(name: str, count: int) -> bytes:
    member, row = ROWS[name]
    texts = unpacked(ICC)
    first = texts[member].count("\r\nPLAN_1-a")
    made = [row.format(n=number, sort=first + number) for number in range(1, count + 1)]
    texts[member] += "".join(f"{one}\r\n" for one in made)
    return packed({MANIFEST: texts[MANIFEST], **texts})


@pytest.mark.parametrize("name", ROWS)
def test_many_rows_of_one_plan_take_work_in_proportion(name: str) -> None:
    assert_in_proportion(lambda count: _icc(name, count), "icc")


# CWDS

CWDS, _ = write("cwds", cwds_plan())
KINDS = ("15", "16", "20", "25", "26", "40", "30", "50", "51", "52", "53", "60", "70", "80", "90")


def _repeated(kind: str, count: int) -> bytes:
    """Give a file in which a record stands many times behind itself."""
    records = records_of(CWDS)
    at = next(at for at, record in enumerate(records) if record[:2] == kind)
    return refiled([*records[:at], *[records[at]] * count, *records[at + 1 :]])


@pytest.mark.parametrize("kind", KINDS)
def test_many_records_of_one_plan_take_work_in_proportion(kind: str) -> None:
    assert_in_proportion(lambda count: _repeated(kind, count), "cwds")


def _unknown(count: int) -> bytes:
    records = records_of(CWDS)
    odd = [f"55{number:06}{records[0][8:44]}x{number}".ljust(300) for number in range(count)]
    return refiled([*records, *odd])


def _stray(count: int) -> bytes:
    records = records_of(CWDS)
    at = next(at for at, record in enumerate(records) if record[:2] == "70")
    odd = [with_field(records[at], "290", "x")] * count
    return refiled([*records[:at], *odd, *records[at + 1 :]])


def _parts(count: int) -> bytes:
    """Give a file with a text that goes on for many parts."""
    records = records_of(CWDS)
    at = next(at for at, record in enumerate(records) if record[:2] == "80")
    head = with_field(records[at][:273].ljust(300), "Field", "Story")
    texts = [with_field(head, "Part", f"{number % 1000:03}") for number in range(1, count + 1)]
    return refiled([*records[: at + 1], *texts, *records[at + 1 :]])


@pytest.mark.parametrize("make", [_unknown, _stray, _parts])
def test_many_odd_records_take_work_in_proportion(make: Callable[[int], bytes]) -> None:
    assert_in_proportion(make, "cwds")


# Long texts, out and in again

LONG = {
    "backslashes": "\\",
    "spaces": "x" + " " * 500 + "y",
    "spaces alone": " ",
    "quotes": '"|',
    "breaks": "\r\n",
    "accents": "e\u0301",
    "plain forms": "\u0143\uff3c",
}


@pytest.mark.parametrize("system", ["cwds", "toolbox", "twist"])
@pytest.mark.parametrize("name", LONG)
def test_a_long_text_takes_work_in_proportion(system: str, name: str) -> None:
    def there_and_back(size: int) -> Callable[[], object]:
        data = cwds_plan()
        data["case_notes"][0]["story"] = LONG[name] * max(size // len(LONG[name]), 1)
        return lambda: read(system, write(system, data)[0])

    there_and_back(10)()
    idle = work_of(there_and_back(10))
    little = work_of(there_and_back(8_000)) - idle
    assert work_of(there_and_back(64_000)) - idle < 10 * max(little, 1_000)
