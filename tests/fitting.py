"""Make generated plan data fit for a system, by mending just what its writer found wrong."""

import copy
import re
from typing import Any

from tests.laws import steps

from iepbridge.finding import Finding

Data = dict[str, Any]

_LIMIT = re.compile(r"at most ([\d,]+) characters")
_VALUES = {
    "participant.identifiers.twist": "104512377",
    "participant.identifiers.toolbox": "10451237",
    "participant.date_of_birth": "1990-02-28",
    "program": "other",
    "responsible": "other",
    "set_on": "0001-01-01",
    "signed_on": "0001-01-01",
    "dated_on": "0001-01-01",
}


def mend(data: Data, findings: tuple[Finding, ...]) -> Data:
    """Give the data with each finding's place mended: cut, filled in, or taken away."""
    mended = copy.deepcopy(data)
    for finding in findings:
        assert finding.path is not None, finding
        *path, last = steps(finding.path)
        holder: Any = mended
        for step in path:
            if isinstance(step, str) and holder.get(step) is None:
                holder[step] = {}
            holder = holder[step]
        _mend(holder, last, finding)
    return mended


def _mend(holder: Any, last: Any, finding: Finding) -> None:
    limit = _LIMIT.search(finding.message)
    if finding.rule == "FMT-LENGTH" and limit:
        most = int(limit[1].replace(",", ""))
        if last in holder if isinstance(holder, dict) else True:
            holder[last] = holder[last][:most]
    else:
        path = finding.path or ""
        holder[last] = _VALUES.get(path) or _VALUES.get(str(last), "x")
