"""What refuses a whole file (rule 2), and what does not."""

import io
import re
from pathlib import Path

import pytest
from tests.plugins.test_laws import ENVELOPE, read, registry, write

from iepbridge.errors import Unreadable
from iepbridge.exchange import Arrival
from iepbridge.formats import open_writer
from iepbridge.plan import read_plan

FULL = {
    system: (Path(__file__).parents[1] / "oracles" / f"full_{system}.xml").read_text("utf-8")
    for system in ("toolbox", "twist")
}
FIRST = {"twist": "<Customer ", "toolbox": "<IEP "}


def _changed(system: str, old: str, new: str) -> bytes:
    text, times = re.subn(old, new, FULL[system], count=1)
    assert times == 1, f"no {old} in the file"
    return text.encode()


REFUSED = [
    ("twist", '<TwistIepFile version="3.2">', '<TwistIepFile version="3.3">', "release 3.2"),
    ("twist", "TwistIepFile", "TwistFile", "no TWIST file"),
    ("twist", "<Sender>[^<]*</Sender>", "", "no Header/Sender"),
    ("twist", "<Sender>[^<]*<", "<Sender>TOO-LONG-1<", "1 to 8 letters and digits"),
    ("twist", "<Sender>", "<Sender>A</Sender><Sender>", "Header/Sender twice"),
    ("twist", "<Sequence>[^<]*<", "<Sequence>42<", "six digits"),
    ("twist", "<Sequence>[^<]*<", "<Sequence>000000<", "six digits"),
    ("twist", "<Created>[^<]*<", "<Created>2026-02-30T00:00:00Z<", "RFC 3339"),
    ("twist", "<Created>[^<]*<", "<Created>2026-01-05T02:00:00<", "RFC 3339"),
    ("twist", "<FileId>[^<]*<", "<FileId>TWIST_IEP_X_20260105_000001<", "disagrees"),
    ("twist", "<CustomerCount>[^<]*<", "<CustomerCount>7<", "states Trailer/CustomerCount 7"),
    ("twist", "<ActionCount>[^<]*<", "<ActionCount>x<", "is not a count"),
    ("twist", "(?s)<Trailer>.*</Trailer>", "", "no Trailer"),
    ("twist", "(?s)<Header>.*</Header>", "", "wrong place"),
    ("twist", "(?s)(<Header>.*</Header>)(.*)(<Trailer>)", r"\2\1\3", "wrong place"),
    ("twist", "(?s)(<Trailer>.*</Trailer>)", r"\1\1", "wrong place"),
    ("twist", "(?s)(<Customer .*</Customer>)", r"\1\1", "one plan twice"),
    ("twist", r"^<\?xml[^>]*>", '<?xml version="1.0" encoding="ISO-8859-1"?>', "is in ISO-8859-1"),
    ("twist", r"^<\?xml[^>]*>", "<?xml version='1.0'?><!DOCTYPE TwistIepFile>", "DOCTYPE"),
    ("toolbox", ' release="2"', ' release="3"', "release 2"),
    ("toolbox", ' release="2"', "", "no @release"),
    ("toolbox", "iep:2", "iep:3", "no Toolbox file"),
    ("toolbox", ' sender="[^"]*"', ' sender=""', "no @sender"),
    ("toolbox", ' sequence="[^"]*"', ' sequence="1"', "six digits"),
    ("toolbox", ' created="[^"]*"', ' created="soon"', "RFC 3339"),
    ("toolbox", ' count="[^"]*"', ' count="9"', "states @count 9"),
    ("toolbox", ' planRef="[^"]*"', "", "no plan_id"),
    ("toolbox", ' planRef="[^"]*"', ' planRef=""', "no plan_id"),
    ("toolbox", '(<IEP [^>]*) version="[^"]*"', r"\1", "no version"),
    ("toolbox", "(?s)(<IEP .*</IEP>)", r"\1\1", "one plan twice"),
    ("toolbox", r"^<\?xml[^>]*>", '<?xml version="1.1"?>', "1.0"),
]


@pytest.mark.parametrize(
    ("system", "old", "new", "says"),
    [
        pytest.param(*case, id=f"{case[0]} {number} {case[3]}")
        for number, case in enumerate(REFUSED)
    ],
)
def test_a_file_is_refused_whole(system: str, old: str, new: str, says: str) -> None:
    with pytest.raises(Unreadable, match=re.escape(says)):
        read(system, _changed(system, old, new))


@pytest.mark.parametrize("system", FULL)
def test_what_means_nothing_changes_nothing(system: str) -> None:
    whole = read(system, FULL[system].encode())
    assert all(arrival.plan is not None for arrival in whole)
    text = FULL[system]
    same = [
        "\ufeff" + text,
        re.sub(r">\s+<", "><", text) if system == "twist" else text,
        text.replace(FIRST[system], f"<!-- a comment --><?pi x?>{FIRST[system]}", 1),
        text.replace(FIRST[system], f"<Unknown><Deep/></Unknown>{FIRST[system]}", 1),
        text + "\n<!-- the end -->\n",
    ]
    for variant in same:
        assert read(system, variant.encode()) == whole


def test_toolbox_is_read_in_utf_16_and_under_any_prefix() -> None:
    whole = read("toolbox", FULL["toolbox"].encode())
    text = re.sub(r"^<\?xml[^>]*>", '<?xml version="1.0" encoding="UTF-16"?>', FULL["toolbox"])
    assert read("toolbox", text.encode("utf-16")) == whole
    prefixed = re.sub(r"<(/?)([A-Z])", r"<\1t:\2", FULL["toolbox"]).replace("xmlns=", "xmlns:t=")
    assert read("toolbox", prefixed.encode()) == whole


def test_a_plan_without_id_is_held_with_no_id() -> None:
    (arrival, *_) = read("twist", _changed("twist", ' planRef="[^"]*"', ""))
    assert arrival.plan_id is None
    assert ("FMT-REQUIRED", "plan_id") in {(one.rule, one.path) for one in arrival.findings}


def test_a_plan_larger_than_any_reader_takes_is_held() -> None:
    name = {"first": "A", "last": "B"}
    data = {
        "schema": "iep/1",
        "plan_id": "P",
        "version": 1,
        "program": "other",
        "status": "draft",
        "participant": {"name": name, "identifiers": {"toolbox": "12345678"}},
    }
    many = {**data, "work_history": [{}] * 199_999}
    long = {
        **data,
        "case_notes": [
            {"note_id": f"N{number}", "about": "other", "story": "x" * 1_000_000}
            for number in range(17)
        ],
    }
    for plan in (many, long):
        content, (written,) = write("toolbox", plan)
        assert [finding.rule for finding in written.findings] == ["FMT-LENGTH"]
        assert read("toolbox", content) == []


def test_a_text_over_a_million_characters_is_held() -> None:
    name = {"first": "A", "last": "B"}
    data = {
        "schema": "iep/1",
        "plan_id": "P",
        "version": 1,
        "program": "other",
        "status": "draft",
        "participant": {"name": name, "identifiers": {"toolbox": "12345678"}},
        "comments": "x" * 1_000_001,
    }
    _, (written,) = write("toolbox", data)
    assert [(one.rule, one.path) for one in written.findings] == [("FMT-LENGTH", "comments")]


def test_a_held_plan_leaves_nothing_in_the_file() -> None:
    name = {"first": "Unwanted", "last": "B"}
    base = {"schema": "iep/1", "version": 1, "program": "other", "status": "draft"}
    stream = io.BytesIO()
    writer = open_writer("toolbox", registry(), stream, ENVELOPE, losses=False)
    for number in range(3):
        ids = {"toolbox": "12345678"} if number != 1 else {}
        own = name if number == 1 else {"first": "A", "last": "B"}
        plan = read_plan(
            {**base, "plan_id": f"P{number}", "participant": {"name": own, "identifiers": ids}}
        )
        writer.add(Arrival(plan.plan_id, plan.version, plan, {}))
    writer.finish()
    assert b"Unwanted" not in stream.getvalue()
    assert b'count="2"' in stream.getvalue()


def test_a_story_too_long_with_its_lines_is_held() -> None:
    note = {"note_id": "N", "about": "other", "dated_on": "2024-01-01", "story": "s" * 999_995}
    name = {"first": "A", "last": "B"}
    data = {
        "schema": "iep/1",
        "plan_id": "P",
        "version": 1,
        "program": "other",
        "status": "draft",
        "participant": {
            "name": name,
            "identifiers": {"twist": "1"},
            "date_of_birth": "1990-01-01",
        },
        "case_notes": [{**note, "follow_up_on": ["2024-01-01"]}],
    }
    _, (written,) = write("twist", data)
    found = [(one.rule, one.path) for one in written.findings]
    assert found == [("FMT-LENGTH", "case_notes[0].story")]
