"""ICC's report of services provided: its noise left out, its rows read as plans."""

import datetime
import io
from collections.abc import Sequence
from typing import Any

import openpyxl
import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from iepbridge.errors import Unreadable
from iepbridge.exchange import Arrival
from iepbridge.finding import Loss
from iepbridge_icc import report_person
from iepbridge_icc.report import ReportReader

SERVICES = {"205": "iep_development", "203": "comprehensive_assessment", "F01": "follow_up"}
HEADER = (
    "User ID", "State ID", "First Name", "Last Name", "Region / LWIA", "Service",
    "Completion Status", "Provider", "Program", "Actual Begin Date", "Actual End Date",
    "Projected Begin Date", "Projected End Date",
)  # fmt: skip
NOISY = (
    "User ID", "  State\nID ", "First  Name", "\nLast Name", "Region / LWIA ", " Service",
    "Completion\r\nStatus", "\xa0Provider", "Program", "Actual Begin\nDate", "Actual End Date",
    "Projected Begin Date", "Projected End Date",
)  # fmt: skip
DAY = datetime.date(2026, 1, 5)


def row(
    own: object = "104512", service: object = "205 - Develop Plan", **more: object
) -> list[Any]:
    """Give a row of the report, under `HEADER`."""
    cells = {
        "First Name": "Ann",
        "Last Name": "Example",
        "Program": "WIOA Adult",
        "Actual Begin Date": DAY,
        "State ID": own,
        "Service": service,
    }
    cells |= {name.replace("_", " "): value for name, value in more.items()}
    return [cells.get(name) for name in HEADER]


def workbook(*rows: Sequence[Any]) -> io.BytesIO:
    book = openpyxl.Workbook()
    for one in rows:
        book.active.append(one)
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def arrivals(*rows: Sequence[Any], header: Sequence[str] = HEADER) -> list[Arrival]:
    return list(ReportReader(SERVICES).read(workbook(header, *rows)))


def one(*rows: Sequence[Any]) -> Arrival:
    (arrival,) = arrivals(*rows)
    return arrival


def plan(*rows: Sequence[Any]) -> dict[str, Any]:
    arrival = one(*rows)
    assert arrival.data is not None, arrival.findings
    return arrival.data


def service(**more: object) -> dict[str, Any]:
    (only,) = plan(row(**more))["services"]
    return only


def found(*rows: Sequence[Any]) -> list[tuple[str, str | None]]:
    arrival = one(*rows)
    assert arrival.plan is None
    assert arrival.data is None
    return [(finding.rule, finding.path) for finding in arrival.findings]


def refused(*rows: Sequence[Any]) -> str:
    with pytest.raises(Unreadable) as refusal:
        list(ReportReader(SERVICES).read(workbook(*rows)))
    return str(refusal.value)


def test_a_row_is_a_plan_with_one_service() -> None:
    arrival = one(
        row(
            Provider="JobWorks",
            Completion_Status="Successful Completion",
            Actual_End_Date="01/06/2026",
            Projected_Begin_Date=datetime.date(2026, 1, 1),
            Projected_End_Date="02/01/2026",
            **{"Region / LWIA": "Region 5"},
        )
    )
    assert arrival.data == {
        "schema": "iep/1",
        "plan_id": "ICC-104512",
        "version": 1,
        "program": "wioa_adult",
        "status": "active",
        "agency": {"state": "IN", "board": "Region 5"},
        "participant": {
            "identifiers": {"icc": "104512"},
            "name": {"first": "Ann", "last": "Example"},
        },
        "services": [
            {
                "service_id": "104512-205-20260105",
                "category": "iep_development",
                "title": "Develop Plan",
                "provider": "JobWorks",
                "planned_start_on": datetime.date(2026, 1, 1),
                "planned_end_on": datetime.date(2026, 2, 1),
                "started_on": DAY,
                "ended_on": datetime.date(2026, 1, 6),
                "outcome": "successful",
            }
        ],
    }
    assert arrival.findings == ()
    assert arrival.losses == (
        Loss("ICC-104512", 1, "status", "defaulted", "Comes back as active."),
    )


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (104512, "104512"),
        (104512.0, "104512"),
        ("104512.00", "104512"),
        (" 104512\n", "104512"),
        ("1.04512E5", "104512"),
        ("1.04512E+05", "104512"),
        ("1.0E8", "100000000"),
        ("0104512", "0104512"),
        (123456789012.0, "123456789012"),
    ],
)
def test_an_id_is_its_digits_whatever_a_spreadsheet_made_of_it(cell: object, expected: str) -> None:
    data = plan(row(cell))
    assert data["plan_id"] == f"ICC-{expected}"
    assert data["participant"]["identifiers"] == {"icc": expected}
    assert data["services"][0]["service_id"] == f"{expected}-205-20260105"


@pytest.mark.parametrize(
    "cell", ["A-104512", "1.23457E+11", 104512.5, -1, True, DAY, "1234567890123", 1e12, "١٢", None]
)
def test_what_is_no_id_holds_its_rows(cell: object) -> None:
    arrival = one(row(cell))
    assert (arrival.plan_id, arrival.plan) == (None, None)
    (finding,) = arrival.findings
    assert (finding.rule, finding.path) == ("FMT-ID", "participant.identifiers.icc")
    assert "row 2/State ID" in finding.message


def test_rows_with_one_bad_id_are_one_held_plan_and_the_others_go_on() -> None:
    result = arrivals(row("A-1"), row("104512"), row("A-1", "203 - Test"), row(None), row(None))
    assert [arrival.plan_id for arrival in result] == [None, "ICC-104512", None, None]
    assert [len(arrival.findings) for arrival in result] == [1, 0, 1, 1]


@pytest.mark.parametrize(
    ("text", "id_part", "category", "title"),
    [
        ("203 - Assess - again", "203", "comprehensive_assessment", "Assess - again"),
        ("F01 - Call", "F01", "follow_up", "Call"),
        ("205 - ", "205", "iep_development", None),
        ("999 - Unknown", "999", "other", "999 - Unknown"),
        ("Long words - Unknown", "x", "other", "Long words - Unknown"),
        ("Just a title", "x", "other", "Just a title"),
        ("205-Title", "x", "other", "205-Title"),
        (205, "x", "other", "205"),
    ],
)
def test_what_a_service_text_gives(
    text: object, id_part: str, category: str, title: str | None
) -> None:
    got = service(service=text)
    assert got["service_id"] == f"104512-{id_part}-20260105"
    assert (got["category"], got.get("title")) == (category, title)


def test_ids_of_services_take_the_first_day_there_is_and_count_repeats() -> None:
    projected = {"Actual Begin Date": None, "Projected Begin Date": "12/31/2025"}
    none = {"Actual Begin Date": None}
    rows = [row(), row(), row(**projected), row(), row(**none), row(**none)]
    assert [one["service_id"] for one in plan(*rows)["services"]] == [
        "104512-205-20260105",
        "104512-205-20260105-2",
        "104512-205-20251231",
        "104512-205-20260105-3",
        "104512-205",
        "104512-205-2",
    ]


@pytest.mark.parametrize(
    ("text", "program"),
    [
        (" WIOA Adult", "wioa_adult"),
        ("WIOA Dislocated Worker", "wioa_dislocated_worker"),
        ("WIOA Youth", "wioa_youth"),
        ("TANF", "other"),
        (None, "other"),
    ],
)
def test_the_program_is_the_first_kept_rows(text: object, program: str) -> None:
    rows = [
        row(Completion_Status="* Void *", Program="WIOA Youth"),
        row(Program=text),
        row(Program="WIOA Adult"),
    ]
    assert plan(*rows)["program"] == program


@pytest.mark.parametrize(
    ("name", "cell", "rule", "path"),
    [
        ("Actual Begin Date", "2026-01-05", "FMT-VALUE", "services[0].started_on"),
        ("Actual End Date", "1/6/2026", "FMT-VALUE", "services[0].ended_on"),
        ("Projected Begin Date", 45000, "FMT-VALUE", "services[0].planned_start_on"),
        ("Projected End Date", "02/30/2026", "FMT-VALUE", "services[0].planned_end_on"),
        ("Actual End Date", "01/04/2026", "MODEL-4", "services[0].ended_on"),
        ("Completion Status", "Perhaps", "FMT-CODE", "services[0].outcome"),
        ("Service", None, "FMT-REQUIRED", "services[0].category"),
        ("Service", True, "FMT-VALUE", "services[0].category"),
        ("Provider", DAY, "FMT-VALUE", "services[0].provider"),
        ("First Name", None, "FMT-REQUIRED", "participant.name.first"),
        ("Last Name", "  ", "FMT-REQUIRED", "participant.name.last"),
        ("Last Name", DAY, "FMT-VALUE", "participant.name.last"),
    ],
)
def test_a_bad_cell_holds_its_plan_alone(name: str, cell: object, rule: str, path: str) -> None:
    bad, good = arrivals(row(**{name: cell}), row("7"))
    assert good.plan is not None
    (finding,) = bad.findings
    assert (finding.plan_id, finding.version) == ("ICC-104512", 1)
    assert (finding.rule, finding.path) == (rule, path)
    assert "row 2" in finding.message
    assert str(cell) not in finding.message or not str(cell).strip()


def test_a_cell_that_shows_an_error_is_no_value() -> None:
    assert found(row(Provider="#N/A")) == [("FMT-VALUE", "services[0].provider")]


def test_a_control_character_is_told_of_by_the_model() -> None:
    assert found(row(Provider="a_x0001_b")) == [("MODEL-6", "services[0].provider")]


def test_names_and_region_are_the_first_that_stand() -> None:
    data = plan(
        row(First_Name=None, **{"Region / LWIA": None}),
        row(First_Name="Bea", **{"Region / LWIA": 5}),
        row(First_Name="Cid"),
    )
    assert data["participant"]["name"] == {"first": "Bea", "last": "Example"}
    assert data["agency"] == {"state": "IN", "board": "5"}


def test_the_other_name_of_the_region() -> None:
    header = ["Region/LWDB" if name == "Region / LWIA" else name for name in HEADER]
    (arrival,) = arrivals(row(**{"Region / LWIA": "North"}), header=header)
    assert arrival.data is not None
    assert arrival.data["agency"]["board"] == "North"


def test_columns_are_found_by_their_names_in_any_order() -> None:
    backwards = [list(reversed(cells)) for cells in (["x", *NOISY], ["?", *row()])]
    assert list(ReportReader(SERVICES).read(workbook(*backwards))) == [one(row())]


def test_voided_rows_are_left_out_and_counted() -> None:
    with structlog.testing.capture_logs() as logs:
        result = arrivals(
            row(Completion_Status=" * Void *"), row("7"), row("7", Completion_Status="* VOID *")
        )
    assert [arrival.plan_id for arrival in result] == ["ICC-7"]
    assert [(log["event"], log["rows"]) for log in logs] == [("voided_rows_left_out", 2)]


def test_notes_are_left_out_and_counted_and_nobody_is_lost_with_them() -> None:
    rows = [["Region 5", "", "", "12 rows"], row(), ["", "Run on 01/05/2026"], ["", "", "205 - x"]]
    with structlog.testing.capture_logs() as logs:
        assert len(arrivals(*rows)) == 1
    assert [(log["event"], log["rows"]) for log in logs] == [("notes_left_out", 3)]


def test_somebody_called_total_is_no_total() -> None:
    header = ("Last Name", "First Name", "State ID", "Service")
    rows = [["Total", "Tia", 7, "205 - Plan"], ["Total", None, 1, None], ["Total: 1"]]
    assert [arrival.plan_id for arrival in arrivals(*rows, header=header)] == ["ICC-7"]


def test_a_report_without_rows_has_no_plans() -> None:
    assert arrivals() == []
    assert arrivals(["Total", 0]) == []


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ([["Report"], ["Name", "Service"]], "no row has a cell User ID or State ID"),
        ([], "no row has a cell User ID or State ID"),
        ([["State ID", "Provider"]], "no column Service"),
        ([["User ID", "Service"]], "no column State ID"),
        ([["User ID"]], "no column State ID and no Service"),
        ([["State ID", "Service", " Service"]], "Service twice"),
        ([HEADER, row(), ["State ID", "Provider"]], "row 3 has no column Service"),
    ],
)
def test_a_report_without_its_columns_is_refused(rows: list[list[Any]], what: str) -> None:
    assert what in refused(*rows)


def test_a_title_may_name_the_user_who_ran_the_report() -> None:
    rows = [["User ID", "JDOE"], HEADER, row()]
    assert list(ReportReader(SERVICES).read(workbook(*rows))) == [one(row())]


def test_what_is_no_workbook_is_refused_with_what_to_do() -> None:
    with pytest.raises(Unreadable, match=r"no ZIP archive.*save it as \.xlsx"):
        list(ReportReader(SERVICES).read(io.BytesIO(b"State ID,Service\n")))


@pytest.mark.parametrize("limit", ["_MOST_ROWS", "_MOST_CHARACTERS"])
def test_more_than_a_plan_may_be_is_refused(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(report_person, limit, 1)
    said = refused(HEADER, row(), row())
    assert "than a plan may have" in said
    assert "104512" not in said


PEOPLE = [
    row(f"{number}", f"{code} - Title {number}", Actual_Begin_Date=day, Provider=f"P{number}")
    for number in (11, 12, 13)
    for code, day in (("205", DAY), ("203", "02/03/2026"), ("205", DAY), ("888", None))
]
NOISE = [
    list(NOISY),
    [],
    ["", "  ", None],
    ["Total", 12, 3],
    ["Grand Total: 99", None, 5],
    [" total services", None, 5],
    row(99, Completion_Status="* Void *"),
]


@settings(max_examples=40)
@given(data=st.data())
def test_rows_among_noise_give_the_same_plans(data: st.DataObject) -> None:
    """Each participant's rows keep their order; all else is shuffled."""
    order = data.draw(st.permutations([cells[1] for cells in PEOPLE]))
    left = {own: [cells for cells in PEOPLE if cells[1] == own] for own in set(order)}
    rows: list[Sequence[Any]] = [["Services Provided"], [], list(NOISY)]
    for own in order:
        rows += data.draw(st.lists(st.sampled_from(NOISE), max_size=2))
        cells = left[own].pop(0)
        form = data.draw(st.sampled_from([str, int, float, lambda text: f" {text}.0"]))
        rows.append([cells[0], form(own), *cells[2:]])
    got = list(ReportReader(SERVICES).read(workbook(*rows)))
    plain = {arrival.plan_id: arrival for arrival in arrivals(*PEOPLE)}
    assert [arrival.plan_id for arrival in got] == [f"ICC-{own}" for own in dict.fromkeys(order)]
    assert all(arrival == plain[arrival.plan_id] for arrival in got)
