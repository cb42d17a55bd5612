"""What refuses a whole file of ICC, before anything of it is kept, and what does not."""

import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from tests.oracles import icc_columns
from tests.oracles.icc_texts import (
    MANIFEST,
    OTHER_FILES,
    changed,
    full_icc_plans,
    packed,
    unpacked,
    zipped,
)
from tests.plugins.test_laws import read, registry, write

from iepbridge.codecs import zip_member
from iepbridge.errors import Unreadable
from iepbridge.exchange import Envelope
from iepbridge.formats import open_writer
from iepbridge.plan import plan_data
from iepbridge.plan.paths import leaves

Data = dict[str, Any]
Spoil = Callable[[bytes], bytes]
PLANS = [plan_data(plan) for plan in full_icc_plans()]
WHOLE, _ = write("icc", *PLANS)
COLUMNS = {name for member in icc_columns.TABLE for name in icc_columns.columns(member)}
FIRST, SECOND = (data["plan_id"] for data in PLANS)


def refusal(content: bytes) -> str:
    """Give the message with which a file is refused, and see that it shows no value."""
    with pytest.raises(Unreadable) as refused:
        read("icc", content)
    message = str(refused.value)
    assert refused.value.exit_code == 3
    values = {str(value) for data in PLANS for _, value in leaves(data)}
    words = set(re.findall(r"[A-Za-z0-9_/@-]+", message)) - COLUMNS - {"other", "a", "closed"}
    assert not {value for value in values & words if not value.isdigit()}
    return message


# The zip


def _twice(content: bytes) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in unpacked(content).items():
                for _ in range(1 + (name == "EXTRA")):
                    archive.writestr(f"{name}.txt", text)
    return stream.getvalue()


def _bomb(content: bytes) -> bytes:
    members = {f"{name}.txt": text.encode() for name, text in unpacked(content).items()}
    return zipped({**members, "EXTRA.txt": b" " * (17 << 20)})


def _giant(content: bytes) -> bytes:
    """State a size of over 4 GiB for a member, in the eight bytes that such a size takes."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        last = archive.infolist()[-1]
    found = bytearray(content)
    entry = found.rindex(b"PK\1\2")
    extra = struct.pack("<HHQ", 1, 8, (4 << 30) + 1)
    found[entry + 24 : entry + 28] = b"\xff" * 4
    found[entry + 30 : entry + 32] = struct.pack("<H", len(extra))
    name = entry + 46 + len(last.filename)
    found[name:name] = extra
    end = found.rindex(b"PK\5\6")
    size = int.from_bytes(found[end + 12 : end + 16], "little") + len(extra)
    found[end + 12 : end + 16] = size.to_bytes(4, "little")
    return bytes(found)


ARCHIVES: dict[str, tuple[Spoil, str]] = {
    "nothing": (OTHER_FILES["nothing"], "no zip"),
    "no zip": (OTHER_FILES["no zip"], "no zip"),
    "bytes after it": (OTHER_FILES["bytes after it"], "does not end with the end record"),
    "bytes before it": (OTHER_FILES["bytes before it"], ""),
    "cut short": (OTHER_FILES["cut short"], "does not end with the end record"),
    "a comment": (OTHER_FILES["a comment"], "does not end with the end record"),
    "stored": (OTHER_FILES["stored"], "expected was deflate"),
    "another member": (OTHER_FILES["another member"], "a member with another name"),
    "a member less": (OTHER_FILES["a member less"], "it has no EXTRA.txt"),
    "a member twice": (_twice, "it has EXTRA.txt twice"),
    "a folder": (OTHER_FILES["a folder"], "it has a folder"),
    "another order": (OTHER_FILES["another order"], "in the order"),
    "a hidden member": (OTHER_FILES["a hidden member"], "none was expected"),
    "encrypted": (OTHER_FILES["encrypted"], "is encrypted"),
    "a bomb": (_bomb, "250 to 1 is the most allowed"),
    "a giant": (_giant, "is the most allowed"),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_is_refused_before_anything_is_unpacked(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil, says = ARCHIVES[name]
    content = spoil(WHOLE)

    def unpacks(*_: object) -> None:
        raise AssertionError("nothing is unpacked")

    monkeypatch.setattr(zip_member.zlib, "decompressobj", unpacks)
    assert says in refusal(content)


def test_a_member_that_unpacks_to_more_than_stated_is_refused() -> None:
    content = bytearray(WHOLE)
    deflated = zlib.compressobj(9, wbits=-15)
    more = deflated.compress(b"x" * 5000) + deflated.flush()
    entry, name = content.rindex(b"PK\1\2"), len("EXTRA.txt")
    header = int.from_bytes(content[entry + 42 : entry + 46], "little")
    start = header + 30 + name
    grown = bytes(content[:start]) + more + bytes(content[entry_start(content) :])
    assert "EXTRA.txt" in refusal(_with_packed(grown, len(more), header))


def entry_start(content: bytes | bytearray) -> int:
    """Say where the directory begins."""
    end = content.rindex(b"PK\5\6")
    return int.from_bytes(content[end + 16 : end + 20], "little")


def _with_packed(content: bytes, size: int, header: int) -> bytes:
    """State another packed size of the last member, and where the directory begins now."""
    found = bytearray(content)
    entry, end = found.rindex(b"PK\1\2"), found.rindex(b"PK\5\6")
    for place in (header + 18, entry + 20):
        found[place : place + 4] = size.to_bytes(4, "little")
    found[end + 16 : end + 20] = found.index(b"PK\1\2").to_bytes(4, "little")
    return bytes(found)


# The manifest

STATED = [
    ("BATCH|", "BATCH|0", "BATCH is not six digits"),
    ("BATCH|000001", "BATCH|000000", "BATCH is not six digits"),
    ("BATCH|000001", "BATCH|", "no BATCH"),
    ("SENDER|SAMPLE", "SENDER|TOO-LONG1", "SENDER is not 1 to 8 letters and digits"),
    ("RECEIVER|STATE", "RECEIVER|", "no RECEIVER"),
    ("RECEIVER|STATE|", "RECEIVER|STATE|x", "no row RECEIVER with one value in its place"),
    ("CREATED|2026", "CREATED|26", "CREATED is not a time by RFC 3339"),
    ("-06:00", "", "CREATED is not a time by RFC 3339"),
    ("SENDER|SAMPLE|\n", "", "rows"),
    ("CREATED|", "CREATED|2026-01-05T02:00:00Z|\nCREATED|", "rows"),
    ("Member|Rows", "Member|Count", "MANIFEST.txt: the header is not Member|Rows|Sha256"),
    ("PLAN.txt|2", "PLAN.txt|3", "PLAN.txt: the manifest states 3 rows and it has 2"),
    ("PLAN.txt|2", "PLAN.txt|x", "no row in its place for PLAN.txt"),
    ("PLAN.txt|2", "GOAL.txt|2", "no row in its place for PLAN.txt"),
]


@pytest.mark.parametrize(("old", "new", "says"), STATED)
def test_what_the_manifest_states_wrongly_refuses_the_file(old: str, new: str, says: str) -> None:
    assert says in refusal(changed(WHOLE, (MANIFEST, old, new), stated=True))


@pytest.mark.parametrize(
    "name", ["a hash", "no mark", "no mark in the manifest", "a broken stream"]
)
def test_bytes_that_are_others_than_stated_refuse_the_file(name: str) -> None:
    refusal(OTHER_FILES[name](WHOLE))


# The members' text

PERSON = "PERSON.txt: line 2"
TEXTS = [
    ("PERSON", "|Ann", '|An"n', f"{PERSON}, column", "a quote inside a cell"),
    ("PERSON", "|Ann", '|"Ann', "", "a quote that is not closed"),
    ("PERSON", "|Ann", '|"An"n', f"{PERSON}, column", "text behind the quote that closes a cell"),
    ("PERSON", "|Ann", "||Ann", PERSON, "a row of 23 cells where 22 were expected"),
    ("PERSON", "|Ann", "Ann", PERSON, "a row of 21 cells where 22 were expected"),
    ("PERSON", "|Ann", "|An␊n", f"{PERSON}, column", "a line break that is not CR LF"),
    ("PERSON", "PlanRef|", "\nPlanRef|", "PERSON.txt", "cells where 22 were expected"),
    ("PERSON", "LastName", "Last", "PERSON.txt", "the header is not PlanRef|StateId"),
    ("PLAN", f"{SECOND}|", f"{FIRST}|", "", "twice"),
    ("GOAL", f"{FIRST}|G2", "NONE|G2", "GOAL.txt: line 3", "a row of no plan"),
    ("GOAL", f"{FIRST}|G2", "|G2", "GOAL.txt: line 3", "a row of no plan"),
    ("PERSON", f"{SECOND}|", "|", "PERSON.txt: line 3", "a row of no plan"),
]


@pytest.mark.parametrize(("member", "old", "new", "where", "says"), TEXTS)
def test_a_members_text_refuses_the_file(
    member: str, old: str, new: str, where: str, says: str
) -> None:
    message = refusal(_changed(member, old, new))
    assert where in message
    assert says in message


def _changed(member: str, old: str, new: str) -> bytes:
    """Give the file with one text changed; its counts are not looked at before its rows."""
    first = PLANS[0]["participant"]["name"]["first"]
    old, new = old.replace("Ann", first), new.replace("Ann", first)
    texts = unpacked(WHOLE)
    wanted = new.replace("\n", "\r\n").replace("␊", "\n")
    assert old in texts[member], f"no {old} in {member}"
    manifest = texts[MANIFEST]
    texts[member] = texts[member].replace(old, wanted, 1)
    texts[MANIFEST] = manifest
    return packed(texts, stated=True)


def test_rows_of_one_plan_that_stand_apart_refuse_the_file() -> None:
    texts = unpacked(WHOLE)
    head, first, second, *rest = texts["PLAN"].split("\r\n")
    texts["PLAN"] = "\r\n".join([head, second, first, *rest])
    assert "another order than the plans" in refusal(packed(texts))


def test_what_is_not_utf_8_refuses_the_file() -> None:
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["EXTRA.txt"] += b"\xff\r\n"
    assert "bytes that are not UTF-8" in refusal(zipped(members))


# One plan alone


@pytest.mark.parametrize(
    ("member", "old", "new", "rule", "path"),
    [
        ("PLAN", f"{FIRST}|3|", f"{FIRST}|x|", "FMT-VALUE", "version"),
        ("GOAL", "|OVR|", "|XXX|", "FMT-CODE", "goals[2].term"),
        ("SIGNATURE", "|1|GUARD|", "|1||", "FMT-REQUIRED", "signatures[0].role"),
    ],
)
def test_one_bad_plan_is_held_alone(member: str, old: str, new: str, rule: str, path: str) -> None:
    held, whole = read("icc", changed(WHOLE, (member, old, new)))
    assert (held.plan_id, held.plan) == (FIRST, None)
    assert (rule, path) in {(one.rule, one.path) for one in held.findings}
    assert whole.findings == ()
    assert whole.plan is not None


def test_a_plan_row_without_its_id_is_held_with_no_id() -> None:
    (data,) = PLANS[1:]
    content, _ = write("icc", data)
    texts = unpacked(content)
    for member in texts:
        if member not in ("PLAN", MANIFEST):
            texts[member] = texts[member].split("\r\n")[0] + "\r\n"
    texts["PLAN"] = texts["PLAN"].replace(f"{SECOND}|", "|", 1)
    (held,) = read("icc", packed(texts))
    assert held.plan_id is None
    assert ("FMT-REQUIRED", "plan_id") in {(one.rule, one.path) for one in held.findings}


@pytest.mark.parametrize("day", ["0001-01-01", "1979-12-31", "2108-02-29", "9999-12-31"])
def test_a_file_of_a_year_that_an_archive_cannot_date_is_written_all_the_same(day: str) -> None:
    stream = io.BytesIO()
    envelope = Envelope("SAMPLE", "STATE", 1, f"{day}T23:59:60Z")
    writer = open_writer("icc", registry(), stream, envelope, losses=False)
    writer.finish()
    assert read("icc", stream.getvalue()) == []
