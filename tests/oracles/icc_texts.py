"""ICC files for the oracles: one with every column, and its members as texts to be changed."""

import hashlib
import io
import zipfile
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
    """Replace texts in members, each once; `\\n` in a change stands for CR LF."""
    texts = unpacked(content)
    for member, old, new in changes:
        found, wanted = (text.replace("\n", "\r\n") for text in (old, new))
        assert found in texts[member], f"no {old} in {member}"
        texts[member] = texts[member].replace(found, wanted, 1)
    return packed(texts, stated=stated)
