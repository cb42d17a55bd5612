"""ICC files for the oracles: one with every column, and its members as texts to be changed."""

import hashlib
import io
import zipfile
from collections.abc import Callable
from typing import Any, Final

from tests.oracles import icc_rows
from tests.oracles.plans import file_plans, full_plan

from iepbridge.plan import Plan, plan_data, read_plan

MANIFEST: Final = "MANIFEST"
MARK: Final = "\N{BYTE ORDER MARK}"


def full_icc_plan() -> dict[str, Any]:
    """Give a plan, as plain data, in which every column of ICC has a value."""
    data = full_plan()
    data["goals"][3]["title"] = "Choose a school"
    data["goals"][4]["title"] = "A degree"
    data["services"][3] |= {"started_on": "2024-05-06", "ended_on": "2024-05-06"}
    return data


def full_icc_plans() -> list[Plan]:
    """Give the full plan, and one of empty lists."""
    empty = plan_data(file_plans()[1])
    empty["participant"]["identifiers"]["icc"] = "12"
    return [read_plan(full_icc_plan()), read_plan(empty)]


def unpacked(content: bytes) -> dict[str, str]:
    """Give the texts of the members by name, without `.txt` and mark."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            name[:-4]: archive.read(name).decode().removeprefix(MARK) for name in archive.namelist()
        }


def packed(texts: dict[str, str], *, stated: bool = False) -> bytes:
    """Make a file of texts; the manifest's rows and hashes are made anew unless `stated`."""
    contents = {name: (MARK + text).encode() for name, text in texts.items()}
    if not stated:
        contents[MANIFEST] = (MARK + _manifest(texts, contents)).encode()
    return zipped({f"{name}.txt": content for name, content in contents.items()})


def _manifest(texts: dict[str, str], contents: dict[str, bytes]) -> str:
    rows = [
        f"{name}.txt|{len(icc_rows.read(content)[0]) - 1}|{hashlib.sha256(content).hexdigest()}"
        for name, content in contents.items()
        if name != MANIFEST
    ]
    head, *_ = texts[MANIFEST].split("\r\n")
    envelope = texts[MANIFEST].split("\r\n")[-5:]
    return "\r\n".join([head, *rows, *envelope])


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Make a zip of members."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def changed(content: bytes, *changes: tuple[str, str, str], stated: bool = False) -> bytes:
    """Replace texts in members, each once; `\\n` in a change stands for CR LF, `␊` for LF."""
    texts = unpacked(content)
    for member, old, new in changes:
        found, wanted = (text.replace("\n", "\r\n") for text in (old, new))
        wanted = wanted.replace("␊", "\n")
        assert found in texts[member], f"no {old} in {member}"
        texts[member] = texts[member].replace(found, wanted, 1)
    return packed(texts, stated=stated)


def _members(content: bytes) -> dict[str, bytes]:
    return {f"{name}.txt": (MARK + text).encode() for name, text in unpacked(content).items()}


def _rezipped(change: Callable[[dict[str, bytes]], dict[str, bytes]]) -> Callable[[bytes], bytes]:
    return lambda content: zipped(change(_members(content)))


def _without_mark(name: str) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    return lambda members: {**members, name: members[name][3:]}


def _hidden(content: bytes) -> bytes:
    """Put a member between two others that the directory does not name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        at = archive.getinfo(names[5]).header_offset
    one = zipped({"HIDDEN.txt": b"x"})
    one = one[: one.index(b"PK\1\2")]
    found = bytearray(content[:at] + one + content[at:])
    entry = -1
    for name in names:
        entry = found.index(b"PK\1\2", entry + 1)
        place = int.from_bytes(found[entry + 42 : entry + 46], "little")
        if place >= at:
            found[entry + 42 : entry + 46] = (place + len(one)).to_bytes(4, "little")
        assert found[entry + 46 :].startswith(name.encode())
    end = found.index(b"PK\5\6")
    start = int.from_bytes(found[end + 16 : end + 20], "little") + len(one)
    found[end + 16 : end + 20] = start.to_bytes(4, "little")
    return bytes(found)


OTHER_FILES: Final[dict[str, Callable[[bytes], bytes]]] = {
    "nothing": lambda _: b"",
    "no zip": lambda _: b"PlanRef|" * 100,
    "bytes after it": lambda content: content + b"\0",
    "bytes before it": lambda content: b"\0" + content,
    "cut short": lambda content: content[:-1],
    "a comment": lambda content: content[:-2] + b"\1\0x",
    "stored": lambda content: zipped(_members(content), zipfile.ZIP_STORED),
    "another member": _rezipped(lambda members: {**members, "README.txt": b"x"}),
    "a member less": _rezipped(lambda members: dict([*members.items()][:-1])),
    "a folder": _rezipped(lambda members: {f"icc/{k}": v for k, v in members.items()}),
    "another order": _rezipped(lambda members: dict([*members.items()][::-1])),
    "a hidden member": _hidden,
    "encrypted": lambda content: content.replace(b"PK\1\2\x14\3\x14\0\0", b"PK\1\2\x14\3\x14\0\1"),
    "a hash": lambda content: changed(content, ("EXTRA", "|y|z", "|y|a"), stated=True),
    "no mark": _rezipped(_without_mark("EXTRA.txt")),
    "no mark in the manifest": _rezipped(_without_mark("MANIFEST.txt")),
    "a broken stream": lambda content: content[:60] + b"\xff" * 20 + content[80:],
}
"""Files that are none of ICC's, made of one that is."""
