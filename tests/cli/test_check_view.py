"""What a check found as people see it: tables for a terminal, rows of a workbook."""

import datetime
import io
from collections.abc import Callable

import openpyxl
import pytest

from iepbridge.cli.check_view import SHOWN, Found, View, write_workbook
from iepbridge.finding import Finding
from iepbridge.policy import KEPT, Rule, broken_at
from iepbridge.policy.qa import Instrument


def found(
    path: str | None = "goals",
    plan_id: str | None = "P-1",
    version: int | None = 2,
    clause: str | None = "Interim goals",
) -> Found:
    one = Finding(plan_id, version, "TX-03", "error", path, "No goal.", "Add one.", clause)
    return Found(one, datetime.date(2026, 1, 5))


def rule(name: str) -> Rule:
    texts = ("be so", "there", "It is not.", "Mend it.", "A.1", "A page")
    return Rule(name, "error", *texts, lambda _: KEPT)


def seen(show: Callable[[View], None], width: int = 120) -> str:
    stream = io.BytesIO()
    with View(stream, width=width, colours=False) as view:
        show(view)
    return stream.getvalue().decode()


def test_each_plan_is_a_block_with_what_to_do() -> None:
    several = [found(), found("barriers"), found(plan_id="P-2"), found(None, None, None, None)]
    rows = seen(lambda view: view.findings(several)).splitlines()
    assert [line.rstrip() for line in rows] == [
        "P-1  version 2",
        "  TX-03    error    goals (Interim goals)",
        "                    No goal. Add one.",
        "  TX-03    error    barriers (Interim goals)",
        "                    No goal. Add one.",
        "P-2  version 2",
        "  TX-03    error    goals (Interim goals)",
        "                    No goal. Add one.",
        "a plan without a usable id",
        "  TX-03    error    No goal. Add one.",
    ]


def test_no_id_is_cut_short_however_narrow_the_terminal() -> None:
    long = "8f14e45f-ceea-467f-a1f2-3c1b5a9d0e77"
    text = seen(lambda view: view.findings([found("x" * 100, long)]), width=50)
    assert long in text
    assert text.count("x") == 100


def test_nothing_found_is_no_text() -> None:
    assert seen(lambda view: view.findings([])) == ""


@pytest.mark.parametrize(
    ("count", "more"), [(SHOWN, None), (SHOWN + 1, "1 more"), (1300, "1,100 more")]
)
def test_a_table_has_the_first_findings_and_says_how_many_follow(
    count: int, more: str | None
) -> None:
    text = seen(lambda view: view.findings(found() for _ in range(count)))
    assert text.count("TX-03") == SHOWN
    assert ("all of them" in text) == (more is not None)
    assert more is None or more in text


def test_what_a_plan_says_steers_no_terminal() -> None:
    text = seen(lambda view: view.findings([found("extensions.\x1b[31m", None)]))
    assert "\x1b" not in text
    assert "without a usable id" in text


@pytest.mark.parametrize(
    ("results", "share", "verdict"),
    [
        ([KEPT] * 9 + [broken_at(["goals"])], "90.0 %", "This meets the 90 %"),
        ([KEPT, KEPT, broken_at(["goals"])], "66.7 %", "This is below the 90 %"),
        ([None], "-", "Nothing was counted."),
    ],
)
def test_qa_figures_end_with_the_measure(results: list, share: str, verdict: str) -> None:
    one = rule("TX-01")
    instrument = Instrument("twist", [one])
    for number, result in enumerate(results):
        instrument.count(f"P-{number}", [(one, result)])
    text = seen(lambda view: view.qa(instrument))
    assert verdict in text
    rows = [line.split() for line in text.splitlines()]
    assert [" ".join(row[:-1]).endswith(f"│ {share}") for row in rows if "│" in row] == [True, True]


def test_a_workbook_has_a_row_for_each_finding() -> None:
    stream = io.BytesIO()
    write_workbook(stream, [found(), Found(found(None, None, None).finding, None)])
    head, *rows = openpyxl.load_workbook(stream)["Findings"].iter_rows(values_only=True)
    assert head == (
        "plan", "date", "message", "rule", "field", "severity", "what to do", "clause", "version",
    )  # fmt: skip
    day = datetime.datetime(2026, 1, 5)  # noqa: DTZ001  as openpyxl reads a date
    said = ("error", "Add one.", "Interim goals")
    assert rows == [
        ("P-1", day, "No goal.", "TX-03", "goals", *said, "2"),
        ("not known", None, "No goal.", "TX-03", None, *said, None),
    ]
