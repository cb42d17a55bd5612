"""The sandbox reads what the product writes, and refuses whatever the product would refuse."""

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.feeds.other_side import found_in
from tests.oracles.icc_texts import OTHER_FILES, packed, unpacked
from tests.plugins.test_laws import COMMON, ENVELOPE, SYSTEMS, fitted, registry, write
from tests.sandbox.files import file_of, fitting, full, mutated, read, refusal
from tests.strategies import plans

from iepbridge import sandbox
from iepbridge.errors import Unreadable
from iepbridge.formats import open_reader
from iepbridge.sandbox.parcel import FileRefused, Parcel

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_sample_is_without_fault(system: str) -> None:
    folder = REPOSITORY / "plugins" / system / "samples"
    (path,) = [one for one in folder.iterdir() if sandbox.SYSTEMS[system].named(one.name)]
    parcel = read(system, path.read_bytes())
    named = sandbox.SYSTEMS[system].named(path.name)
    assert named is not None
    assert parcel.envelope[:1] + parcel.envelope[2:] == (named.sender, named.sequence, named.day)
    refs = [(one.plan_id, one.version) for one in parcel.plans]
    assert refs == found_in(system, path.read_bytes())
    assert [one.faults for one in parcel.plans] == [()] * len(refs)


@pytest.mark.parametrize("system", SYSTEMS)
@settings(**COMMON, max_examples=8)
@given(datas=st.lists(plans(), max_size=2, unique_by=lambda data: data["plan_id"]))
def test_what_is_written_is_without_fault(system: str, datas: list[dict[str, Any]]) -> None:
    fitting_datas = [fitted(system, data) for data in datas]
    content, written = write(system, *fitting_datas)
    refs = [
        (data["plan_id"], data["version"])
        for data, one in zip(fitting_datas, written, strict=True)
        if not one.findings
    ]
    parcel = read(system, content)
    assert (parcel.envelope.sender, parcel.envelope.receiver) == (
        ENVELOPE.sender,
        ENVELOPE.receiver,
    )
    assert [(one.plan_id, one.version) for one in parcel.plans] == refs
    assert not [fault for one in parcel.plans for fault in one.faults if not fault.warning]


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_plan_has_one_digest_wherever_it_stands(system: str) -> None:
    one, two = fitting(system, 2)
    first = read(system, file_of(system, 1, one, two)[1]).plans
    second = read(system, file_of(system, 2, two, one)[1]).plans
    assert [plan.digest for plan in first] == [plan.digest for plan in reversed(second)]
    assert first[0].digest != first[1].digest


def product_says(system: str, content: bytes) -> str:
    """Say what the product's reader does, as far as the format and not the model refuses."""
    try:
        arrivals = list(open_reader(system, registry()).read(io.BytesIO(content)))
    except Unreadable:
        return "refused"
    found = [one.rule for arrival in arrivals for one in arrival.findings]
    return "held" if any(rule.startswith("FMT-") for rule in found) else "taken"


def sandbox_says(system: str, content: bytes) -> str:
    try:
        parcel = read(system, content)
    except FileRefused:
        return "refused"
    faults = [fault for plan in parcel.plans for fault in plan.faults if not fault.warning]
    return "held" if faults else "taken"


@pytest.mark.parametrize("system", SYSTEMS)
def test_it_is_never_laxer_than_the_product(system: str) -> None:
    grave = ("taken", "held", "refused")
    seen = set()
    for seed in range(40):
        content = mutated(system, seed)
        ours, theirs = product_says(system, content), sandbox_says(system, content)
        assert grave.index(theirs) >= grave.index(ours), f"seed {seed}: {ours}, {theirs}"
        seen.add(theirs)
    assert {"taken", "held"} <= seen


@pytest.mark.parametrize("system", SYSTEMS)
@settings(**COMMON, max_examples=25)
@given(st.data())
def test_damage_is_told_or_taken_but_never_a_fault_of_the_sandbox(
    system: str, data: st.DataObject
) -> None:
    _, content = file_of(system, 1, *fitting(system, 2))
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 20)))
    parcel_or_code(system, content[:start] + data.draw(st.binary(max_size=6)) + content[end:])


def parcel_or_code(system: str, content: bytes) -> Parcel | str:
    try:
        return read(system, content)
    except FileRefused as refused:
        return refused.code


@pytest.mark.parametrize("system", SYSTEMS)
@settings(max_examples=30)
@given(st.binary(max_size=400))
def test_anything_else_is_refused(system: str, content: bytes) -> None:
    assert refusal(system, content)


WHOLE = {
    "twist": [
        ("<CustomerCount>2<", "<CustomerCount>3<", "COUNT"),
        ("<ActionCount>", "<ActionCount>9", "COUNT"),
        ('version="3.2"', 'version="3.3"', "ENVELOPE"),
        ("<Sender>GCWS<", "<Sender>GC WS<", "ENVELOPE"),
        ("<Sequence>000007<", "<Sequence>000008<", "ENVELOPE"),
        ("2026-11-02T02:00:00-06:00", "2026-11-02 02:00", "ENVELOPE"),
        ("</TwistIepFile>", "", "UNREADABLE"),
        ("<TwistIepFile ", "<!DOCTYPE TwistIepFile><TwistIepFile ", "UNREADABLE"),
        ("encoding='UTF-8'", "encoding='ISO-8859-1'", "UNREADABLE"),
        ("<Trailer>", "<Trailer><Odd/>", "ENVELOPE"),
    ],
    "toolbox": [
        ('count="2"', 'count="1"', "COUNT"),
        ('release="2"', 'release="3"', "ENVELOPE"),
        ('sequence="000007"', 'sequence="000000"', "ENVELOPE"),
        ("toolbox:iep:2", "toolbox:iep:3", "UNREADABLE"),
        ('created="2026', 'created="26', "ENVELOPE"),
        ("<IEP planRef=", "<IEP planReference=", "STRUCTURE"),
    ],
    "cwds": [
        ("0700", "0701", "ENVELOPE"),
        ("\r\n10000002", "\r\n10000003", "RECORD-NUMBER"),
        ("\r\n10000002", " \n10000002", "UNREADABLE"),
        ("\x1a", "\x1b", "UNREADABLE"),
        ("\r\n10000002", "\r\n12000002", "COUNT"),
        ("GCWS ", "GC S ", "ENVELOPE"),
    ],
}


@pytest.mark.parametrize(
    ("system", "old", "new", "code"),
    [(system, *case) for system, cases in WHOLE.items() for case in cases],
)
def test_a_file_is_refused_whole(system: str, old: str, new: str, code: str) -> None:
    _, content = file_of(system, 7, *fitting(system, 2))
    old_bytes, new_bytes = old.encode("cp1252"), new.encode("cp1252")
    if old not in content.decode("cp1252", "replace"):
        old_bytes = old_bytes.replace(b"'", b'"')
    assert old_bytes in content
    assert refusal(system, content.replace(old_bytes, new_bytes, 1)) == code


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_plan_that_stands_twice_refuses_the_file(system: str) -> None:
    one, two = fitting(system, 2)
    first = str(one["plan_id"])
    other = "x" * len(first)
    _, content = file_of(system, 1, one, {**two, "plan_id": other})
    if system == "icc":
        again = packed({k: v.replace(other, first) for k, v in unpacked(content).items()})
    else:
        again = content.replace(other.encode(), first.encode())
    assert refusal(system, again) in ("TWICE", "STRUCTURE")


def test_faults_are_told_where_they_are() -> None:
    _, content = file_of("twist", 1, *fitting("twist", 2))
    spoilt = content.replace(b"<Status>", b"<Status>?", 1).replace(b"<BirthDate>", b"<BirthDate>x")
    one, two = read("twist", spoilt).plans
    assert {fault.spot.place for fault in one.faults} >= {
        "Customer/Person/BirthDate",
        "Customer/ServicePlan/Status",
    }
    assert "Customer[2]/Person/BirthDate" in {fault.spot.place for fault in two.faults}
    assert {fault.code for fault in one.faults} <= {"FORM", "CODE"}


def test_toolbox_is_read_in_utf_16_too_and_in_nothing_else() -> None:
    _, content = file_of("toolbox", 1, *fitting("toolbox", 2))
    text = content.decode()
    assert "UTF-8" in text
    wide = text.replace("UTF-8", "UTF-16", 1).encode("utf-16")
    assert [one.digest for one in read("toolbox", wide).plans] == [
        one.digest for one in read("toolbox", content).plans
    ]
    latin = text.replace("UTF-8", "ISO-8859-1", 1).encode("latin-1", "xmlcharrefreplace")
    assert refusal("toolbox", latin) == "UNREADABLE"


def test_an_entity_is_never_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("GCWS")
    _, content = file_of("twist", 1)
    bomb = f"<!DOCTYPE TwistIepFile [<!ENTITY e SYSTEM '{secret}'>]><TwistIepFile "
    spoilt = content.replace(b"<TwistIepFile ", bomb.encode(), 1)
    assert refusal("twist", spoilt.replace(b"GCWS", b"&e;", 1)) == "UNREADABLE"


@pytest.mark.parametrize("what", OTHER_FILES)
def test_icc_s_zip_is_taken_as_it_must_be(what: str) -> None:
    content = full("icc")
    assert refusal("icc", packed(unpacked(content))) == ""
    assert refusal("icc", OTHER_FILES[what](content))
