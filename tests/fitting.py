"""Make generated plan data fit for a system, by mending just what its writer found wrong."""

import copy
import re
from bisect import bisect_right
from decimal import Decimal
from typing import Any

from tests.code_page import escaped_bytes, without_the_formless
from tests.laws import path_steps

from iepbridge.finding import Finding

Data = dict[str, Any]

_LIMIT = re.compile(r"at most ([\d,]+) (characters|bytes|digits|entries)")
_VALUES: dict[str, Any] = {
    "participant.identifiers.twist": "104512377",
    "participant.identifiers.toolbox": "10451237",
    "participant.identifiers.icc": "1046626",
    "participant.identifiers.cwds": "0012345",
    "participant.date_of_birth": "1990-02-28",
    "program": "other",
    "responsible": "other",
    "set_on": "0001-01-01",
    "signed_on": "0001-01-01",
    "dated_on": "0001-01-01",
    "started_on": "0001-01-01",
    "reviewed_on": "0001-01-01",
    "version": 7,
    "plan_version": 1,
    "value": Decimal("15.75"),
}


def mend(data: Data, findings: tuple[Finding, ...]) -> Data:
    """Give the data with each finding's place mended: cut, filled in, or taken away."""
    mended = copy.deepcopy(data)
    for finding in findings:
        assert finding.path is not None, finding
        *path, last = _mended_at(mended, finding.path)
        holder: Any = mended
        for step in path:
            if isinstance(step, str) and holder.get(step) is None:
                holder[step] = {}
            holder = holder[step]
        _mend(holder, last, finding)
    return mended


def _mended_at(data: Data, path: str) -> list[str | int]:
    """Say where a finding is mended: a provider that is not the service's own, where it is."""
    steps = path_steps(data, path)
    if steps[0] != "services" or steps[-1] != "provider":
        return steps
    services, at = data.get("services") or [], steps[1]
    if isinstance(at, int) and at < len(services) and services[at].get("provider"):
        return steps
    employed = (data.get("case_manager") or {}).get("employer")
    return ["case_manager", "employer"] if employed else ["agency", "provider"]


def _mend(holder: Any, last: Any, finding: Finding) -> None:
    path, value = finding.path or "", _of(holder, last)
    limit = _LIMIT.search(finding.message)
    if path.startswith("extensions.") and _is_of_the_key(last, finding):
        holder["memo"] = holder.pop(last)
    elif finding.rule == "FMT-CHARSET":
        holder[last] = without_the_formless(value)
    elif finding.rule == "FMT-LENGTH" and limit and isinstance(value, str | list):
        holder[last] = _cut(value, int(limit[1].replace(",", "")), limit[2])
    else:
        holder[last] = _VALUES.get(path) or _VALUES.get(str(last), "x")


def _of(holder: Any, last: Any) -> Any:
    return holder.get(last) if isinstance(holder, dict) else holder[last]


def _is_of_the_key(key: str, finding: Finding) -> bool:
    """Say whether it is the name of an extra value that does not fit, rather than the value."""
    return without_the_formless(key) != key or (finding.rule == "FMT-LENGTH" and len(key) > 60)


def _cut(value: Any, most: int, unit: str) -> Any:
    if isinstance(value, list):
        return value[:most] if unit == "entries" else value[:-1]
    if unit == "characters":
        return value[:most]
    room = bisect_right(range(len(value)), most, key=lambda end: escaped_bytes(value[:end]))
    return value if escaped_bytes(value) <= most else value[: room - 1]
