"""A deployment's own mapping files for ICC and CWDS: another layout without touching Python."""

import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.oracles.cwds_files import cwds_plan, records_of
from tests.oracles.icc_texts import full_icc_plan, unpacked
from tests.plugins.test_laws import ENVELOPE, arrival_of, registry

from iepbridge.errors import MappingMistakes
from iepbridge.exchange import Written
from iepbridge.formats import open_reader, open_writer
from iepbridge.mapping.files import shipped_folder
from iepbridge.plan import Plan

Data = dict[str, Any]
Edit = Callable[..., int]


@pytest.fixture
def edit(tmp_path: Path) -> Edit:
    """Give a function that changes a file of a copied mapping; it gives the first line changed.

    `times` says how often the old text must be there.
    """

    def replace(system: str, name: str, old: str, new: str, times: int = 1) -> int:
        folder = tmp_path / system
        if not folder.is_dir():
            shutil.copytree(shipped_folder(system), folder)
        text = (folder / name).read_text("utf-8")
        assert text.count(old) == times
        (folder / name).write_text(text.replace(old, new), "utf-8")
        return (
            text[: text.index(old.lstrip("\n")) + len(old) - len(old.lstrip("\n"))].count("\n") + 1
        )

    return replace


def written(system: str, data: Data, overlay: Path) -> tuple[bytes, Written]:
    stream = io.BytesIO()
    writer = open_writer(system, registry(), stream, ENVELOPE, losses=True, overlays=(overlay,))
    found = writer.add(arrival_of(data))
    writer.finish()
    return stream.getvalue(), found


def back(system: str, content: bytes, overlay: Path) -> Plan:
    (arrival,) = open_reader(system, registry(), (overlay,)).read(io.BytesIO(content))
    assert (arrival.findings, arrival.losses) == ((), ())
    assert arrival.plan is not None
    return arrival.plan


def records(system: str, data: Data, overlay: Path, kind: str) -> list[str]:
    """Give the records of a type, of a plan that must fit and come back."""
    content, found = written(system, data, overlay)
    assert found.findings == ()
    back(system, content, overlay)
    return [record for record in records_of(content) if record[:2] == kind]


# ICC


def test_a_column_has_another_name_place_and_size(tmp_path: Path, edit: Edit) -> None:
    edit("icc", "fields.csv", "GOAL,Title,text,200,", "GOAL,Heading,text,30,")
    email = "PERSON,Email,text,100,,participant.email,,\n"
    edit("icc", "fields.csv", email, "")
    county = "PERSON,County,text,40,,participant.address.county,,\n"
    edit("icc", "fields.csv", county, county + email)
    data = full_icc_plan()
    content, found = written("icc", data, tmp_path)
    assert found.findings == ()
    texts = unpacked(content)
    assert "|Category|Heading|OnetCode|" in texts["GOAL"]
    assert "|County|Email|Education|" in texts["PERSON"]
    plan = back("icc", content, tmp_path)
    assert plan.participant.email is not None
    assert plan.participant.email.get_secret_value() == data["participant"]["email"]
    data["goals"][0]["title"] = "x" * 31
    (finding,) = written("icc", data, tmp_path)[1].findings
    assert (finding.rule, finding.path) == ("FMT-LENGTH", "goals[0].title")


def test_a_code_is_added(tmp_path: Path, edit: Edit) -> None:
    other = "program,other,X,,\n"
    edit("icc", "codes.csv", other, other + "program,tanf_cap,T,,\n")
    content, found = written("icc", {**full_icc_plan(), "program": "tanf_cap"}, tmp_path)
    assert found.findings == ()
    assert "|T|" in unpacked(content)["PLAN"]
    assert back("icc", content, tmp_path).program == "tanf_cap"


def test_a_column_that_goes_becomes_a_loss(tmp_path: Path, edit: Edit) -> None:
    edit("icc", "fields.csv", "PERSON,Suffix,text,10,,participant.name.suffix,,\n", "")
    content, found = written("icc", full_icc_plan(), tmp_path)
    assert "participant.name.suffix" in {loss.path for loss in found.losses}
    assert back("icc", content, tmp_path).participant.name.suffix is None


# CWDS


def test_a_field_moves_to_another_position(tmp_path: Path, edit: Edit) -> None:
    edit("cwds", "fields.csv", "20,Title@125,", "20,Title@140,")
    edit("cwds", "fields.csv", "11,County@249,", "11,County@260,")
    data = cwds_plan()
    first, *_ = records("cwds", data, tmp_path, "20")
    assert first[124:139].strip() == ""
    assert first[139:].rstrip() == data["goals"][0]["title"]
    (person,) = records("cwds", data, tmp_path, "11")
    assert person[259:].rstrip() == data["participant"]["address"]["county"]


def test_a_field_takes_another_size_and_goes_on(tmp_path: Path, edit: Edit) -> None:
    edit("cwds", "fields.csv", "11,Middle@105,text,25,", "11,Middle@105,text,3,")
    edit("cwds", "fields.csv", "11,Last@45,text,35,", "11,Last@45,text,4+,")
    data = cwds_plan()
    data["participant"]["name"] |= {"middle": "Lee", "last": "Longworth"}
    (person,) = records("cwds", data, tmp_path, "11")
    assert person[44:52] == "Long    "
    assert any("Last" in one and "worth" in one for one in records("cwds", data, tmp_path, "80"))
    data["participant"]["name"]["middle"] = "Leet"
    (finding,) = written("cwds", data, tmp_path)[1].findings
    assert (finding.rule, finding.path) == ("FMT-LENGTH", "participant.name.middle")


def test_a_record_type_has_another_name(tmp_path: Path, edit: Edit) -> None:
    edit("cwds", "fields.csv", "10,70,list,", "10,7X,list,")
    edit("cwds", "fields.csv", "\n70,", "\n7X,", times=6)
    reviews = cwds_plan()["reviews"]
    assert len(records("cwds", cwds_plan(), tmp_path, "7X")) == len(reviews)
    assert records("cwds", cwds_plan(), tmp_path, "70") == []


def test_a_text_gets_a_position_that_went_on_alone(tmp_path: Path, edit: Edit) -> None:
    edit("cwds", "fields.csv", "11,Email,text,+,", "11,Email@279,text,22+,")
    (person,) = records("cwds", cwds_plan(), tmp_path, "11")
    assert person[278:].rstrip() == cwds_plan()["participant"]["email"][:22]


# Mistakes

MISTAKES = [
    ("cwds", "20,Title@125,text,150+", "20,Title@120,text,150+", "is taken"),
    ("cwds", "20,Title@125,text,150+", "20,Title@155,text,150+", "ends behind the record"),
    ("cwds", "20,Title@125,text,150+", "20,Title@x,text,150+", "expected Name@position"),
    ("cwds", "20,Title@125,text,150+", "20,Title,text,150", "goes on in further records"),
    ("cwds", "20,Term@84,code,1", "20,Term@84,code,", ""),
    ("cwds", "30,ServiceCode@84,code,5", "30,ServiceCode@84,code,4", "codes longer than"),
    ("cwds", "20,Set@87,date,8", "20,Set@87,date,7", "a date as CCYYMMDD has 8 bytes"),
    ("cwds", "11,Veteran@248,flag,1", "11,Veteran@248,flag,", "too small for Y and N"),
    ("cwds", "00/FileDate@61,created day,8", "00/FileDate@61,created day,6", "has 8 bytes"),
    ("cwds", "00/FileTime@69,created time,6", "00/FileTime@69,created time,4", "has 6 bytes"),
    ("cwds", "00/Sequence@75,sequence,6", "00/Sequence@75,sequence,5", "has 6 bytes"),
    ("cwds", "00/Sender@45,party,8", "00/Sender@45,party,7", "has up to 8 bytes"),
    ("cwds", "00/Release@81,release,4", "00/Release@81,release,3", "has up to 4 bytes"),
    ("cwds", "10,70,list", "10,700,list", ""),
    ("cwds", "10,70,list", "10,80,list", ""),
    ("cwds", "goals[].title", "goals[].name", "goals[].name"),
    ("icc", "GOAL,Title,text,200,", "GOAL,Term,text,200,", "Term"),
    ("icc", "GOAL,Title,text,200,", "GOAL,The title,text,200,", "expected a column's name"),
    ("icc", "GOAL,Title,text,200,", "GOAL,Title,text,200+,", "does not go on"),
    ("icc", "GOAL,Title,text,200,", "GOAL,Title,texts,200,", "texts"),
    ("icc", "PLAN,BARRIER,list,,,barriers[]", "PLAN,BARRIER,list,,,barrier[]", "barrier"),
    ("icc", "goals[].kind,goal_kind", "goals[].kind,goal_kinds", "goal_kinds"),
    ("icc", "PLAN,EXTRA,map", "PLAN,MANIFEST,map", "manifest"),
]


@pytest.mark.parametrize(("system", "old", "new", "says"), MISTAKES)
def test_a_mistake_is_told_by_file_and_line(
    system: str, old: str, new: str, says: str, tmp_path: Path, edit: Edit
) -> None:
    line = edit(system, "fields.csv", old, new)
    with pytest.raises(MappingMistakes) as refused:
        written(system, cwds_plan(), tmp_path)
    assert any(
        one.startswith(f"{tmp_path}/{system}/fields.csv:{line}:") and says in one
        for one in refused.value.mistakes
    ), refused.value.mistakes


def test_a_code_that_stands_twice_is_told_by_its_line(tmp_path: Path, edit: Edit) -> None:
    old = "program,other,OT,,\n"
    line = edit("cwds", "codes.csv", old, "program,other,WA,,\n")
    with pytest.raises(MappingMistakes, match=rf"codes\.csv:{line}: "):
        written("cwds", cwds_plan(), tmp_path)
