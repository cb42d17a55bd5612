"""A deployment's own mapping files: a new layout without touching Python."""

import csv
import io
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.plugins.test_laws import ENVELOPE, registry

from iepbridge.exchange import Arrival
from iepbridge.formats import open_reader, open_writer
from iepbridge.mapping.files import shipped_folder
from iepbridge.plan import read_plan
from iepbridge.sample import sample_plans

Data = dict[str, Any]


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    """Give a deployment's folder with its own copies of two of TWIST's files."""
    (tmp_path / "twist").mkdir()
    for name in ("fields.csv", "codes.csv"):
        shutil.copy(shipped_folder("twist") / name, tmp_path / "twist" / name)
    return tmp_path


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), "utf-8")


def _plan() -> Data:
    plans = (data for data in sample_plans(200, 5) if data["program"] == "wioa_adult")
    return next(data for data in plans if data.get("barriers") and data["status"] != "draft")


def _written(data: Data, overlay: Path) -> tuple[str, Any]:
    stream = io.BytesIO()
    writer = open_writer("twist", registry(), stream, ENVELOPE, losses=True, overlays=(overlay,))
    plan = read_plan(data)
    written = writer.add(Arrival(plan.plan_id, plan.version, plan, data))
    writer.finish()
    return stream.getvalue().decode(), written


def _back(text: str, overlay: Path) -> Any:
    reader = open_reader("twist", registry(), (overlay,))
    (arrival,) = reader.read(io.BytesIO(text.encode()))
    return arrival.plan


def test_an_element_renamed_and_a_code_added(overlay: Path) -> None:
    _edit(overlay / "twist" / "fields.csv", "Barrier,Identified,", "Barrier,FirstSeen,")
    codes = overlay / "twist" / "codes.csv"
    with codes.open("a", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerow(["program", "tanf_cap", "TC", "", "new"])
    data = _plan() | {"program": "tanf_cap"}
    data["barriers"][0]["identified_on"] = "2020-01-02"

    text, written = _written(data, overlay)
    assert written.findings == ()
    assert "<Program>TC</Program>" in text
    assert "<FirstSeen>2020-01-02</FirstSeen>" in text
    assert "<Identified>" not in text
    plan = _back(text, overlay)
    assert plan.program == "tanf_cap"
    assert plan.barriers[0].identified_on.isoformat() == "2020-01-02"


def test_a_size_changed_and_a_field_moved(overlay: Path) -> None:
    fields = overlay / "twist" / "fields.csv"
    _edit(fields, "Person/FirstName,text,35", "Person/FirstName,text,3")
    _edit(fields, "Customer,Person/Email,text,100", "Customer,Contact/Mail,text,100")
    data = _plan()
    data["participant"]["name"]["first"] = "Ann"
    data["participant"]["email"] = "ann@example.org"

    text, written = _written(data, overlay)
    assert written.findings == ()
    assert "<Mail>ann@example.org</Mail>" in text
    assert _back(text, overlay).participant.email.get_secret_value() == "ann@example.org"

    data["participant"]["name"]["first"] = "Anna"
    (finding,) = _written(data, overlay)[1].findings
    assert (finding.rule, finding.path) == ("FMT-LENGTH", "participant.name.first")


def test_a_field_that_goes_becomes_a_loss(overlay: Path) -> None:
    fields = overlay / "twist" / "fields.csv"
    rows = fields.read_text("utf-8").splitlines(keepends=True)
    fields.write_text("".join(row for row in rows if "Person/Phone" not in row), "utf-8")
    data = _plan()
    data["participant"]["phone"] = "5125550100"
    _, written = _written(data, overlay)
    assert "participant.phone" in {loss.path for loss in written.losses}
