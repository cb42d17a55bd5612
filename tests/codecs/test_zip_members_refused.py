"""Archives that are refused before any of their members is unpacked, and why."""

import io
import struct
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from tests.codecs.archives import NAMES, PARTS, TEXTS, Archive, Part, deflated, part

from iepbridge.codecs.zip_layout import DENSEST, LARGEST_BYTES, QUIET_BYTES
from iepbridge.codecs.zip_members import NotSuchZip, ZipMembers

LIST = "expected were, in this order, MANIFEST.txt, PLAN.txt, GOAL.txt"


def refused_unread(data: bytes | Archive) -> str:
    """Say why an archive is refused before any member is unpacked."""
    stream = io.BytesIO(data.written() if isinstance(data, Archive) else data)
    with pytest.raises(NotSuchZip) as caught:
        ZipMembers(stream, NAMES)
    return caught.value.what


def contents(data: bytes, names: list[str] = NAMES) -> list[bytes]:
    with ZipMembers(io.BytesIO(data), names) as members:
        return [members.open(name).read() for name in names]


def test_what_is_no_zip_is_refused() -> None:
    whole = Archive().written()
    for data in (b"", b"PK", b"%PDF-1.7\n" * 10, bytes(100), b"\x1f\x8b" + whole):
        assert refused_unread(data) == "the file is no zip"


ENDS = (
    "the file does not end with the end record of a zip: it was cut, or has a comment or other "
    "bytes behind it, where none were expected"
)


def test_nothing_stands_behind_the_end() -> None:
    whole = Archive().written()
    assert refused_unread(Archive(comment=b"hello")) == ENDS
    assert refused_unread(Archive(behind=b"\0")) == ENDS
    assert refused_unread(whole[:-1]) == ENDS
    assert refused_unread(whole[: len(whole) // 2]) == ENDS
    # A second end record inside the comment, so that both ends look right.
    hidden = Archive(comment=b"PK\5\6" + bytes(18))
    assert "right before its end record" in refused_unread(hidden)
    assert "right before its end record" in refused_unread(whole + whole)


def test_nothing_stands_before_the_first_member() -> None:
    first = "4 bytes before its first member, where none was expected"
    assert refused_unread(Archive(before=b"PK\3\4")) == first
    assert refused_unread(Archive(part(0, before=b"PKxx"))) == first
    shifted = b"PK\3\4" + Archive().written()
    assert "right before its end record" in refused_unread(shifted)


def test_nothing_stands_between_members() -> None:
    extra = "1 bytes behind PLAN.txt, where none was expected"
    assert refused_unread(Archive(part(1, behind=b"\0"))) == extra
    assert refused_unread(Archive(part(2, before=b"\0"))) == extra
    assert refused_unread(Archive(between=b"\0")) == extra.replace("PLAN", "GOAL")
    hidden = Part("OTHER.txt", b"unseen").written()
    assert refused_unread(Archive(between=hidden)).endswith(
        "behind GOAL.txt, where none was expected"
    )


@pytest.mark.parametrize(
    ("archive", "what"),
    [
        (Archive(PARTS[:2]), "it has no GOAL.txt"),
        (Archive(listed=[0, 2], end={"here": 3, "count": 3}), "it has no PLAN.txt"),
        (Archive([*PARTS, PARTS[1]]), "it has PLAN.txt twice"),
        (Archive([PARTS[0], PARTS[1], PARTS[1]]), "it has PLAN.txt twice"),
        (Archive([*PARTS, Part("OTHER.txt", b"")]), "it has a member with another name"),
        (Archive(part(1, name="plan.txt")), "it has a member with another name"),
        (Archive(part(1, name="PLAN.txt\0.exe")), "it has a member with another name"),
        (Archive(part(1, name="PLAN.txt ")), "it has a member with another name"),
        (Archive(part(1, name="PLÄN.txt")), "it has a member with another name"),
        (Archive(part(1, name="a/PLAN.txt")), "it has a folder"),
        (Archive(part(1, name="..\\PLAN.txt")), "it has a folder"),
        (Archive([Part("in/", b""), *PARTS]), "it has a folder"),
        (
            Archive([PARTS[1], PARTS[0], PARTS[2]]),
            "its members stand in the order PLAN.txt, MANIFEST.txt, GOAL.txt",
        ),
        (Archive([]), "it has no MANIFEST.txt"),
    ],
)
def test_the_directory_lists_exactly_the_names(archive: Archive, what: str) -> None:
    assert refused_unread(archive) == f"{what}; {LIST}"


def test_the_members_stand_in_the_order_of_the_directory() -> None:
    swapped = Archive([PARTS[1], PARTS[0], PARTS[2]], listed=[1, 0, 2])
    assert refused_unread(swapped) == (
        "its members do not stand in the file in the order of its directory, as was expected"
    )


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"method": 0, "packed": TEXTS[1]}, "PLAN.txt is packed by method 0; expected was deflate"),
        ({"method": 12}, "PLAN.txt is packed by method 12; expected was deflate"),
        ({"method": 9}, "PLAN.txt is packed by method 9; expected was deflate"),
        ({"flags": 1}, "PLAN.txt is encrypted; expected was a member that is not"),
        ({"flags": 0x41}, "PLAN.txt is encrypted; expected was a member that is not"),
        ({"flags": 0x2000}, "PLAN.txt is encrypted; expected was a member that is not"),
        ({"own_flags": 1}, "the header of PLAN.txt and the directory differ in how it is packed"),
        ({"own_method": 0}, "the header of PLAN.txt and the directory differ in how it is packed"),
        ({"own_name": "GOAL.txt"}, "the header of PLAN.txt has another name"),
        ({"own_name": "../PLAN.txt"}, "the header of PLAN.txt has another name"),
        ({"own_name": ""}, "the header of PLAN.txt has another name"),
        (
            {"own_stated": (0, 1, 1)},
            "the header of PLAN.txt and the directory differ in its size or checksum",
        ),
        (
            {"own_stated": (0, 0xFFFFFFFF, 0xFFFFFFFF)},
            "the header of PLAN.txt and the directory differ in its size or checksum",
        ),
        (
            {"own_stated": (0, 1, 1), "large": True},
            "the header of PLAN.txt and the directory differ in its size or checksum",
        ),
        (
            {"described": "none"},
            "behind PLAN.txt stands something other than its size and checksum",
        ),
        (
            {"described": "mL", "behind": b"x"},
            "behind PLAN.txt stands something other than its size and checksum",
        ),
        (
            {"described": "none", "behind": b"PK\7\x08" + bytes(12)},
            "behind PLAN.txt stands something other than its size and checksum",
        ),
        ({"offset": 1}, "MANIFEST.txt shares bytes with what stands behind it"),
    ],
)
def test_a_member_is_as_was_expected(changes: dict[str, Any], what: str) -> None:
    assert refused_unread(Archive(part(1, **changes))) == what


@pytest.mark.parametrize(
    "archive",
    [
        Archive(end={"disk": 1}),
        Archive(end={"disks": 1}),
        Archive(end={"here": 2}),
    ],
)
def test_a_part_of_an_archive_is_refused(archive: Archive) -> None:
    assert refused_unread(archive) == "it is one part of several; expected was a whole archive"


@pytest.mark.parametrize(
    "changes",
    [
        {"rest": 45}, {"here": 2}, {"disk": 1}, {"disks": 1}, {"count": 4, "here": 4}, {"mark": 0},
        {"bytes": 1}, {"start": 0}, {"at": 1}, {"place": 0}, {"disks_in_all": 2},
    ],
)  # fmt: skip
def test_records_of_a_large_archive_do_not_contradict_each_other(changes: dict[str, int]) -> None:
    archive = Archive(large=True, end64=changes)
    assert refused_unread(archive) == "its end records contradict each other"


def test_the_end_records_are_true() -> None:
    four = Archive(end={"here": 4, "count": 4})
    counted = "its end record counts 4 members where the directory has 3"
    assert refused_unread(four) == counted
    for end in ({"start": 3}, {"bytes": 3}, {"start": 0xFFFFFFFF}, {"bytes": 0xFFFFFFFF}):
        assert "right before its end record" in refused_unread(Archive(end=end))
    inside = Archive().written()
    moved = struct.pack("<2L", len(inside) - 22 - 1, 1)
    assert (
        refused_unread(inside[:-10] + moved[4:] + moved[:4] + b"\0\0") == "its directory is broken"
    )
    wide = Archive([replace(one, comment=bytes(65_000)) for one in PARTS * 6])
    assert "1,048,576 at most" in refused_unread(wide)


def test_a_broken_directory_is_refused() -> None:
    whole = Archive(part(1, flags=0x800)).written()
    place = whole.rindex(b"PLAN.txt")
    wrong_name = whole[:place] + b"\xff" + whole[place + 1 :]
    future = whole[: place - 40] + b"\xff" + whole[place - 39 :]
    longer = whole[: place - 16] + b"\1" + whole[place - 15 :]
    for data in (wrong_name, future, longer):
        assert refused_unread(data) == "its directory is broken"


# --- Bombs


def test_a_member_that_is_packed_too_densely_is_refused() -> None:
    dense = Part("A", bytes(QUIET_BYTES))
    assert contents(Archive([dense]).written(), ["A"]) == [dense.data]
    packed = len(deflated(bytes(QUIET_BYTES + 1)))
    with pytest.raises(NotSuchZip) as caught:
        ZipMembers(io.BytesIO(Archive([Part("A", bytes(QUIET_BYTES + 1))]).written()), ["A"])
    assert caught.value.what == (
        f"A unpacks from {packed:,} to 16,777,217 bytes; over 16,777,216 bytes, 250 to 1 is the "
        "most allowed"
    )


def test_density_counts_at_its_very_edge() -> None:
    packed = bytes(QUIET_BYTES // DENSEST + 1)
    for size in (DENSEST * len(packed), DENSEST * len(packed) + 1):
        stated = (0, len(packed), size)
        data = Archive([Part("A", b"", packed=packed, stated=stated)]).written()
        what = "250 to 1" if size % DENSEST else "cannot be unpacked|less than|other bytes"
        with pytest.raises(NotSuchZip, match=what):
            contents(data, ["A"])


def test_a_member_of_more_than_four_gibibytes_is_refused() -> None:
    stated = (0, LARGEST_BYTES // 4, LARGEST_BYTES + 1)
    data = Archive([Part("A", b"", stated=stated, large=True)]).written()
    with pytest.raises(NotSuchZip) as caught:
        ZipMembers(io.BytesIO(data), ["A"])
    assert caught.value.what == (
        "A unpacks to 4,294,967,297 bytes; 4,294,967,296 is the most allowed"
    )


def test_a_member_without_a_header_is_refused() -> None:
    whole = Archive().written()
    place = whole.index(b"PK\3\4", 4)
    assert refused_unread(whole[:place] + b"PK\3\5" + whole[place + 4 :]) == (
        "no header of PLAN.txt stands where the directory says"
    )


def test_members_that_share_all_their_bytes_are_refused() -> None:
    parts = [replace(PARTS[0], name=name, offset=0) for name in NAMES]
    data = Archive(parts).written()
    assert refused_unread(data) == "MANIFEST.txt shares bytes with what stands behind it"


def test_members_quoted_inside_others_are_refused() -> None:
    """A stored block of the first member's packed bytes holds the header of the second."""
    inner = Part("B", bytes(1000))
    header = inner.header()
    quote = b"\0" + struct.pack("<2H", len(header), len(header) ^ 0xFFFF) + header
    outer = Part("A", header + inner.data, packed=quote + inner.bytes_packed)
    outer_start = len(outer.header()) + len(quote) - len(header)
    directory = outer.entry(0) + inner.entry(outer_start)
    body = outer.written()
    data = body + directory + struct.pack(
        "<4s4H2LH", b"PK\5\6", 0, 0, 2, 2, len(directory), len(body), 0
    )  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(data)) as others:
        assert others.read("B") == inner.data
    with pytest.raises(NotSuchZip, match=r"^A shares bytes with what stands behind it$"):
        ZipMembers(io.BytesIO(data), ["A", "B"])


def test_every_cut_is_refused() -> None:
    data = Archive().written()
    for length in range(len(data)):
        refused_unread(data[:length])


def test_names_that_were_not_expected_are_not_shown() -> None:
    archives = [
        Archive(part(1, name="Ann Example.txt")),
        Archive(part(1, own_name="Ann Example.txt")),
        Archive([*PARTS, Part("Ann Example/", b"")]),
    ]
    assert not any("Ann" in refused_unread(archive) for archive in archives)
