"""Plans that CWDS takes, and files of them that a test may spoil."""

import copy
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

from tests.oracles.cwds_places import PLACES
from tests.oracles.plans import full_plan
from tests.oracles.way_back import steps_of

Data = dict[str, Any]
_FILLED: Final = {
    "date_of_birth": "1980-02-29",
    "dated_on": "0001-01-01",
    "signed_on": "0001-01-01",
    "reviewed_on": "0001-01-01",
    "version": 7,
    "plan_version": 1,
    "value": Decimal("15.75"),
}


def cwds_plan() -> Data:
    """Give plan data with a value at every place that CWDS has, and everywhere else."""
    data = full_plan()
    data["agency"]["board_code"], data["assessments"][0]["scores"] = (
        "SW110",
        [
            {"scale": "Reading", "value": Decimal("15.75"), "level": "NRS 4"},
            {"scale": "Language", "value": Decimal(0)},
        ],
    )
    goals, notes = data["goals"], data["case_notes"]
    goals[3]["title"], goals[4]["title"] = "Plan", "Study"
    notes[0]["metrics"] = [{"label": "Hours", "value": "12.50", "unit": "a week"}, {"label": "M"}]
    notes[0]["next_steps"] = [
        {"goal": "Call", "process": "by phone", "deadline": "2024-03-10"},
        {"goal": "Write"},
    ]
    data["reviews"][1]["reviewed_on"] = "2024-07-01"
    data["extensions"]["cwds"] = {"20/290": "kept", "memo": "a\r\nb\\c\t"}
    return data


def put(data: Any, path: str, value: Any) -> None:
    """Set a leaf, making the objects and the list item that it needs."""
    *inner, last = steps_of(path)
    for step, following in zip(inner, [*inner, last][1:], strict=True):
        if isinstance(step, int) and step == len(data):
            data.append({})
        elif isinstance(step, str) and data.get(step) is None:
            data[step] = [] if isinstance(following, int) else {}
        data = data[step]
    data[last] = value


def mended(data: Data, findings: Iterable[tuple[str, str, str]]) -> Data:
    """Give plan data with what was found on writing filled in, cut or made plain."""
    data = copy.deepcopy(data)
    for rule, path, detail in findings:
        *_, last = steps_of(path)
        manager = data.get("case_manager") or {}
        if path.startswith("extensions."):
            data["extensions"]["cwds"] = {"memo": "x"}
        elif path.endswith(".provider") and path.startswith("services") and "employer" in manager:
            manager["employer"] = "x"
        elif rule == "FMT-LENGTH" and last not in _FILLED:
            _shorten(data, path, int(detail.split(" > ")[1]))
        else:
            put(data, path, _FILLED.get(str(last), "x"))
    return data


def _shorten(data: Any, path: str, limit: int) -> None:
    value = data
    for step in steps_of(path):
        value = value[step]
    # Half, since what is limited is the escaped text.
    put(data, path, value[: max(limit // 2, 1)] if isinstance(value, str) else value[:limit])


def records_of(content: bytes) -> list[str]:
    """Give the records between header and trailer."""
    text = content.decode("cp1252")
    return [text[at : at + 300] for at in range(302, len(text) - 303, 302)]


def with_field(record: str, name: str, text: str) -> str:
    """Give a record with another text in a field; a position for a name: from that byte on."""
    if name.isdigit():
        start, size = int(name) - 1, len(text)
    else:
        place = PLACES[record[:2]][name]
        start, size = place.position - 1, place.size
    return record[:start] + text.ljust(size) + record[start + size :]


def refiled(records: Sequence[str], header: str | None = None) -> bytes:
    """Make a file of records again: numbers, owners that were right, counts and hash put right."""
    out: list[str] = []
    owner = number = ""
    for at, record in enumerate(records, 2):
        if record[:2] != "80":
            owner, number = record[2:8], f"{at % 1_000_000:06}"
        elif record[44:50] == owner:
            record = with_field(record, "OwnerRecord", number)  # noqa: PLW2901
        out.append(f"{record[:2]}{at % 1_000_000:06}{record[8:]}")
    plans = sum(record[:2] == "10" for record in out)
    filled = sum(300 - record.count(" ") for record in out)
    last = f"99{(len(out) + 2) % 1_000_000:06}{'':36}{len(out):07}{plans:07}{filled:015}"
    first = header or f"00000001{'':36}SAMPLE  STATE   202601050200000000010700{len(out):07}P"
    lines = [first.ljust(300), *out, last.ljust(300), "\x1a"]
    return "\r\n".join(lines).encode("cp1252")
