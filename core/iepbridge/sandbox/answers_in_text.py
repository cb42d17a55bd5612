"""The acknowledgements of ICC and CWDS, as their documents have them."""

import re
from collections.abc import Iterator
from typing import Final

from iepbridge.sandbox.parcel import Fault
from iepbridge.sandbox.reply import ACCEPTED, Reply, Said

_LETTERS: Final = {"accepted": "A", "warnings": "W", "rejected": "R"}
_QUOTED: Final = re.compile(r'[|"\r\n]')
_HEADER: Final = ("Member", "PlanRef", "PlanVersion", "Row", "Result", "Code", "Message")
_RECORD_BYTES: Final = 120
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def write_icc(reply: Reply) -> bytes:
    """Write the rows of a `_RESULT.txt`; a whole answer leaves out the plans that are accepted."""
    rows = [_HEADER, *_batch(reply)]
    for said in reply.said:
        if said.result != ACCEPTED or reply.part is not None:
            rows += _plan_rows(said)
    text = "".join("|".join(map(_cell, row)) + "\r\n" for row in rows)
    return b"\xef\xbb\xbf" + text.encode()


def _batch(reply: Reply) -> Iterator[tuple[str, ...]]:
    why = reply.faults[0] if reply.faults else Fault("", "")
    number, result = f"{reply.sequence:06}", _LETTERS[reply.result]
    yield ("BATCH", "", "", number, result, why.code, why.text)


def _plan_rows(said: Said) -> Iterator[tuple[str, ...]]:
    plan, result = said.plan, _LETTERS[said.result]
    version = "" if plan.version is None else str(plan.version)
    grave = any(not fault.warning for fault in said.faults)
    for fault in said.faults or (Fault("", "", plan.spot),):
        spot = fault.spot
        told = "W" if fault.warning and grave else result
        yield (spot.place, plan.plan_id, version, spot.part, told, fault.code, fault.text)


def _cell(text: str) -> str:
    return '"{}"'.format(text.replace('"', '""')) if _QUOTED.search(text) else text


def write_cwds(reply: Reply) -> bytes:
    """Write records of 120 bytes: `A0`, each plan's `A1` with its `A2`s, `A9`."""
    why = reply.faults[0].text if reply.faults else ""
    head = f"A0{reply.sequence:06}{_LETTERS[reply.result]}{reply.records:07}{_text(why, 100)}"
    lines = [head]
    for said in reply.said:
        lines += _plan_records(said)
    lines.append(f"A9{len(reply.said):07}")
    return b"".join(f"{line:{_RECORD_BYTES}}\r\n".encode("cp1252") for line in lines)


def _plan_records(said: Said) -> Iterator[str]:
    plan = said.plan
    version = "" if plan.version is None else f"{plan.version:04}"
    yield f"A1{plan.plan_id:36}{version:4}{_LETTERS[said.result]}"
    for fault in said.faults:
        spot = f"{fault.spot.place or '000000'}{_text(fault.spot.part, 20)}"
        yield f"A2{spot}{_text(fault.code, 16)}{_text(fault.text, 70)}"


def _text(text: str, size: int) -> str:
    """Give a text in its place; what does not fit is left out, for these are words for people."""
    whole = text.translate(_ESCAPES)
    return f"{whole[:size].rstrip(chr(92)):{size}}"
