"""Reading a mapping: every mistake is told at once, by file and line."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from iepbridge.errors import MappingMistakes, Misuse
from iepbridge.mapping.files import shipped_folder
from iepbridge.mapping.read import read_layout

Edit = Callable[[str, str, str], None]


@pytest.mark.parametrize("system", ["toolbox", "twist"])
def test_the_shipped_mappings_have_no_mistakes(system: str) -> None:
    layout = read_layout(system, shipped_folder(system))
    assert layout.system == system
    assert all(len(source.digest) == 64 for source in layout.sources.values())


COPY = "FundDetail/StartDate,copy,,,services[]."
PARTS = "parts = [\n    { field = "


def _mistakes(folder: Path) -> list[str]:
    with pytest.raises(MappingMistakes) as caught:
        read_layout("twist", folder)
    return [line.removeprefix(f"{folder}/") for line in caught.value.mistakes]


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("fields.csv", "participant.name.last", "participant.name.lost", "no such field"),
        ("fields.csv", "Person/Ssn,digits,9", "Person/Ssn,digit,9", "kind 'digit'"),
        ("fields.csv", "Person/Ssn,digits,9", "Person/Ssn,digits,", "has a size"),
        ("fields.csv", "Person/Ssn,digits,9", "Person/Ssn,digits,nine", "size 'nine'"),
        ("fields.csv", "Person/Ssn,digits", "Person/Ssn,date", "does not fit"),
        ("fields.csv", "Barrier,@ref,", "Barier,@ref,", "no row makes a group"),
        ("fields.csv", "Person/FirstName", "Person/LastName", "stands twice"),
        ("fields.csv", "barrier,\n", "barriers,\n", "no such code table"),
        ("fields.csv", "service:component", "service:kind", "the table has component, service"),
        ("fields.csv", "goals[term=interim]", "goals[term=later]", "no such code there"),
        ("fields.csv", "Customer,plan", "Customer,list", "cannot stand outside the plans"),
        ("fields.csv", ",,yes,,Action,", ",,yes,,Step,", "no group of that name to count"),
        ("fields.csv", "in,place", "group,place", "expected the columns"),
        ("fields.csv", ",number,,,", ",number,,", "7 cells, expected 8"),
        ("codes.csv", "sex,male,M", "sex,man,M", "has no code 'man'"),
        ("codes.csv", "sex,female,F", "sex,female,M", "read by an earlier row"),
        ("codes.csv", "sex,female,F", "sex,male,F", "written by an earlier row"),
        ("codes.csv", "sex,female,F,,", "sex,female,F,both,", "direction 'both'"),
        ("service.csv", "internship,4,906", "internship,4,999", "leads back to nothing"),
        ("mapping.toml", 'release = "3.2"', "release = 3.2", "mapping.release"),
        ("mapping.toml", 'first = "Header"', 'frist = "Header"', "file.frist"),
        ("mapping.toml", '"agency.state" = "TX"', '"agency.stat" = "TX"', "'agency.stat'"),
        ("mapping.toml", 'system = "twist"', 'system = "twits"', "expected 'twist'"),
        ("mapping.toml", "[forms]", "[forms", "not TOML"),
        ("mapping.toml", 'category = "iep', 'kategory = "iep', "no kategory with the code"),
        ("mapping.toml", PARTS + '"label"', PARTS + '"__class__"', "no field '__class__'"),
        ("fields.csv", "Person/Suffix,", '"Person/Suf fix",', "expected names"),
        ("fields.csv", "Person/Suffix,", '"Person/Suffix\'); raise x",', "expected names"),
        ("fields.csv", "OverallGoal,one", "Barrier,one", "a group of this name stands above"),
        ("fields.csv", "FollowUp,flag,,", "FollowUp,flag,3,", "has no size"),
        ("fields.csv", "Name,text,60,,ass", "Name,text,1-60,,ass", "has no least size"),
        ("fields.csv", "Person/Suffix,text,5", "Person/Suffix,zip,", "does not fit"),
        ("fields.csv", COPY + "started_on", COPY + "title", "kind copy does not fit"),
        ("fields.csv", "barriers[].resolved_on", "barriers[].identified_on", "has a place in Bar"),
        ("fields.csv", "@service,code,,yes,ser", "@servic,date,,,ser", "does not fit"),
        ("mapping.toml", '"agency.state" = "TX"', '"agency.state" = "Texas"', "no such value"),
        ("mapping.toml", "{sender}", "{board}", "{board}: expected one of"),
        ("mapping.toml", '["UTF-8"]', '["UTF-16"]', "UTF-8 is missing"),
        ("mapping.toml", 'into = "case_notes[].story"', 'into = "comments"', "with one place"),
    ],
)
def test_a_mistake_is_told_with_its_line(
    twist: Path, edit: Edit, name: str, old: str, new: str, says: str
) -> None:
    line = (twist / name).read_text("utf-8").partition(old)[0].count("\n") + 1
    edit(name, old, new)
    told = _mistakes(twist)
    mine = [one for one in told if says in one]
    assert mine, told
    if says != "not TOML":
        assert mine[0].startswith(f"{name}:{line}:"), told


@pytest.mark.parametrize("made", ["{n!r}", 'x"', "{plan}", "a b", "{n.__class__}"])
def test_a_made_id_holds_nothing_but_an_id(tmp_path: Path, made: str) -> None:
    folder = Path(shutil.copytree(shipped_folder("toolbox"), tmp_path / "toolbox"))
    file = folder / "mapping.toml"
    text = file.read_text("utf-8")
    file.write_text(text.replace('"tbx-barrier-{n}"', repr(made)), "utf-8")
    with pytest.raises(MappingMistakes, match=r"ids\.barriers"):
        read_layout("toolbox", folder)


@pytest.mark.parametrize(
    ("old", "new"), [("4000+", "4000"), ("@parts,parts,,yes", "@total,key,,yes")]
)
def test_a_text_continues_with_its_parts_or_not_at_all(
    twist: Path, edit: Edit, old: str, new: str
) -> None:
    edit("fields.csv", old, new)
    assert any("goes with one part" in line for line in _mistakes(twist))


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("ServicePlan/Program,", "Customer has no place for program"),
        ("ServicePlan/Closed,", "Customer has no place for closed_on"),
        ("Barrier,@code,", "Barrier has no place for barriers[].category"),
        ("ServiceTracking,@service,", "expected places for component, service"),
    ],
)
def test_a_place_that_every_plan_needs_is_missed(twist: Path, row: str, says: str) -> None:
    fields = twist / "fields.csv"
    rows = fields.read_text("utf-8").splitlines(keepends=True)
    fields.write_text("".join(one for one in rows if row not in one), "utf-8")
    assert any(says in line for line in _mistakes(twist))


def test_all_mistakes_are_told_at_once(twist: Path, edit: Edit) -> None:
    edit("fields.csv", "participant.name.middle", "participant.name.muddle")
    edit("codes.csv", "sex,male,M", "sex,man,M")
    edit("mapping.toml", '"agency.state" = "TX"', '"agency.stat" = "TX"')
    assert [one.partition(":")[0] for one in _mistakes(twist)] == [
        "codes.csv",
        "fields.csv",
        "mapping.toml",
    ]


def test_a_missing_file_is_told(twist: Path) -> None:
    (twist / "fields.csv").unlink()
    assert "fields.csv:1: this file is missing" in _mistakes(twist)[0]


def test_a_missing_folder_is_misuse(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="no folder"):
        read_layout("twist", tmp_path / "nowhere")
