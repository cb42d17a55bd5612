"""What the language promises beyond the two shipped layouts, tried on changed ones."""

import io
from pathlib import Path
from typing import Any

import pytest
from tests.mapping.conftest import Edit
from tests.plugins.test_laws import ENVELOPE, registry

from iepbridge.errors import MappingMistakes
from iepbridge.exchange import Arrival, Written
from iepbridge.formats import open_reader, open_writer
from iepbridge.plan import Plan, read_plan

Data = dict[str, Any]

PLAN: Data = {
    "schema": "iep/1",
    "plan_id": "P",
    "version": 1,
    "program": "other",
    "status": "active",
    "participant": {
        "identifiers": {"twist": "1"},
        "name": {"first": "Ann", "last": "Lee"},
        "date_of_birth": "1990-01-01",
    },
}


def _write(overlay: Path, **fields: Any) -> tuple[str, Written]:
    stream = io.BytesIO()
    overlays = (overlay.parent,)
    writer = open_writer("twist", registry(), stream, ENVELOPE, losses=True, overlays=overlays)
    data = {**PLAN, **fields}
    written = writer.add(Arrival("P", 1, read_plan(data), data))
    writer.finish()
    return stream.getvalue().decode(), written


def _read(overlay: Path, text: str) -> Plan:
    reader = open_reader("twist", registry(), (overlay.parent,))
    (arrival,) = reader.read(io.BytesIO(text.encode()))
    assert arrival.plan is not None, arrival.findings
    return arrival.plan


def _found(written: Written) -> list[tuple[str, str | None]]:
    return [(finding.rule, finding.path) for finding in written.findings]


def test_flattened_lines_go_into_a_text_that_does_not_continue(twist: Path, edit: Edit) -> None:
    edit("fields.csv", "CounselorNote,Text,text,4000+", "CounselorNote,Text,text,60")
    fields = twist / "fields.csv"
    rows = fields.read_text("utf-8").splitlines(keepends=True)
    fields.write_text("".join(row for row in rows if "CounselorNote,@part" not in row), "utf-8")
    note = {
        "note_id": "N",
        "about": "other",
        "dated_on": "2024-01-01",
        "story": "It went well.",
        "metrics": [{"label": "Interviews", "value": "3"}, {"label": "Offers", "unit": "kept"}],
    }
    text, written = _write(twist, case_notes=[note])
    lines = "It went well.\n\nMetric: Interviews: 3\nMetric: Offers: kept"
    assert f"<Text>{lines}</Text>" in text
    assert {loss.kind for loss in written.losses if "metrics" in loss.path} == {"flattened"}
    notes = _read(twist, text).case_notes
    assert notes is not None
    assert notes[0].story is not None
    assert notes[0].story.get_secret_value() == lines
    long = {**note, "story": "x" * 60}
    assert _found(_write(twist, case_notes=[long])[1]) == [("FMT-LENGTH", "case_notes[0].story")]


def test_own_extensions_without_a_place_are_lost_with_a_line(twist: Path) -> None:
    fields = twist / "fields.csv"
    rows = fields.read_text("utf-8").splitlines(keepends=True)
    fields.write_text("".join(row for row in rows if "Extra" not in row), "utf-8")
    _, written = _write(twist, extensions={"twist": {"key": "text"}})
    assert "extensions.twist.key" in {loss.path for loss in written.losses}


@pytest.mark.parametrize(
    ("kind", "value", "fits"),
    [("digits,2", "42", True), ("digits,2", "4x", False), ("letters,2", "AB", True),
     ("letters,2", "A1", False)],
)  # fmt: skip
def test_what_has_not_its_places_form_is_not_written(
    twist: Path, edit: Edit, kind: str, value: str, fits: bool
) -> None:
    edit("fields.csv", "ServicePlan/Board,text,10", f"ServicePlan/Board,{kind}")
    text, written = _write(twist, agency={"state": "TX", "board_code": value})
    assert _found(written) == ([] if fits else [("FMT-VALUE", "agency.board_code")])
    if fits:
        agency = _read(twist, text).agency
        assert agency is not None
        assert agency.board_code == value


def test_fields_that_stand_together_are_asked_for_on_writing_too(twist: Path, edit: Edit) -> None:
    edit("fields.csv", "Board,text,10,,", "Board,text,10,together,")
    assert _found(_write(twist, agency={"state": "TX"})[1]) == []
    both = {"board_code": "1", "office_code": "2"}
    assert _found(_write(twist, agency=both)[1]) == []
    office = {"office_code": "2"}
    assert _found(_write(twist, agency=office)[1]) == [("FMT-REQUIRED", "agency.board_code")]


def test_a_field_may_become_required(twist: Path, edit: Edit) -> None:
    edit("fields.csv", "Person/Phone,digits,10,,", "Person/Phone,digits,10,yes,")
    assert _found(_write(twist)[1]) == [("FMT-REQUIRED", "participant.phone")]


def test_every_place_may_become_an_attribute_or_an_element(twist: Path, edit: Edit) -> None:
    edit("fields.csv", "Barrier,@code,", "Barrier,Kind/@code,")
    edit("fields.csv", "Barrier,Description,", "Barrier,Kind/.,")
    edit("fields.csv", "Barrier,Identified,", "Barrier,@seen,")
    barrier = {"barrier_id": "B", "category": "health", "description": "x", "identified_on": None}
    text, _ = _write(twist, barriers=[barrier, {**barrier, "barrier_id": "C", "description": None}])
    assert '<Kind code="HE">x</Kind>' in text
    assert '<Kind code="HE"/>' in text
    assert len(_read(twist, text).barriers or ()) == 2


INJECTION = """
[[flattened]]
canonical = "extensions{}"
into = "case_notes[].story"
line = "x"
parts = [{ field = "a) or __import__('os').abort() or (1" }]
"""


def test_a_mapping_cannot_bring_code(twist: Path) -> None:
    with (twist / "mapping.toml").open("a", encoding="utf-8") as file:
        file.write(INJECTION)
    with pytest.raises(MappingMistakes, match="flattened"):
        _write(twist)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Action,@ref,text,36,yes,goals[].actions[].action_id", "Action,@ref,text,36,yes,plan_id"),
        ("Customer,Person/Sex,code,,,part", "Barrier,Person/Sex,code,,,part"),
        ("OverallGoal,Occupation/@code", "OverallGoal,Occupation/Code"),
        ("OverallGoal,Occupation/.", "OverallGoal,Occupation"),
        (",Header/Sender", ",Sender"),
        (",Header/Sender", ",Header/Party/Sender"),
        (",Header/Sender", ",Header/@sender"),
        ("Extra,.,text,1000000", "Extra,.,date,"),
        ("Customer,Extra,map", "Customer,Date,map"),
    ],
)
def test_what_does_not_go_together_is_a_mistake(
    twist: Path, edit: Edit, old: str, new: str
) -> None:
    edit("fields.csv", old, new)
    with pytest.raises(MappingMistakes):
        _write(twist)


def test_groups_and_tables_may_be_called_anything(twist: Path, edit: Edit) -> None:
    fields = twist / "fields.csv"
    text = fields.read_text("utf-8").replace("Score,", "Number,").replace(",Score", ",Number")
    fields.write_text(text.replace("participant.sex,sex", "participant.sex,flag"), "utf-8")
    codes = twist / "codes.csv"
    codes.write_text(codes.read_text("utf-8").replace("sex,", "flag,"), "utf-8")
    scores = [{"scale": "Reading", "value": 1}]
    tests = [{"instrument": "tabe", "taken_on": "2024-01-01", "scores": scores}]
    participant = {**PLAN["participant"], "sex": "male", "veteran": {"is_veteran": False}}
    text, written = _write(twist, assessments=tests, participant=participant)
    assert written.findings == ()
    plan = _read(twist, text)
    assert plan.participant.sex == "male"
    assert plan.assessments is not None
    assert plan.assessments[0].scores is not None
