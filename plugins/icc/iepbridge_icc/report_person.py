"""One participant of ICC's report: rows of services in, a plan or its findings out."""

import datetime
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from iepbridge.errors import Unreadable
from iepbridge.exchange import Arrival
from iepbridge.finding import DEFAULTED, Finding, Loss
from iepbridge.mapping.format_findings import read_finding
from iepbridge.plan import FORM, Plan, PlanData, PlanRefused, Problem, read_plan
from iepbridge_icc import report_rows as column
from iepbridge_icc.report_rows import Record
from iepbridge_icc.report_values import DAY, OUTCOMES, PROGRAMS, TEXT, day_of, plain, text_of

VERSION: Final = 1
_TITLE: Final = "ICC report"
_MOST_ROWS: Final = 200_000
_MOST_CHARACTERS: Final = 16 * 2**20
_CODE: Final = re.compile(r"[A-Za-z0-9_]{1,10}")
_NO_CODE: Final = "x"
_IN_SERVICE: Final = re.compile(r"services\[([0-9]+)\]")
_OF_ORDER_OR_CHARACTERS: Final = (4, 6)
_DAYS: Final = {
    "planned_start_on": column.PROJECTED_BEGIN,
    "planned_end_on": column.PROJECTED_END,
    "started_on": column.ACTUAL_BEGIN,
    "ended_on": column.ACTUAL_END,
}
_COMPLETIONS: Final = "Successful Completion, Unsuccessful Completion, * Void * or nothing"


class Person:
    """Collects one participant's rows; `own` is the State ID, None where it is none."""

    def __init__(self, own: str | None, first: Record, services: Mapping[str, str]) -> None:
        self._own = own
        self._plan_id = None if own is None else f"ICC-{own}"
        self._categories = services
        self._program = PROGRAMS.get(plain(first.cell(column.PROGRAM)), "other")
        self._texts: dict[str, str] = {}
        self._services: list[PlanData] = []
        self._rows: list[int] = []
        self._ids: Counter[str] = Counter()
        self._characters = 0
        self._findings: list[Finding] = []
        if own is None:
            self._find(first, "FMT-ID", "participant.identifiers.icc", column.STATE_ID)

    def add(self, record: Record) -> None:
        """Take one more row; raise `Unreadable` where they are more than a plan may be."""
        self._characters += sum(len(cell) for cell in record.values if isinstance(cell, str))
        self._rows.append(record.row)
        if self._characters > _MOST_CHARACTERS or len(self._rows) > _MOST_ROWS:
            raise Unreadable(
                f"The {_TITLE} has more rows or text for one State ID than a plan may have "
                f"({_MOST_ROWS:,} rows, {_MOST_CHARACTERS:,} characters), at row {record.row:,}. "
                "Ask its sender for another file."
            )
        self._take("participant.name.first", record, column.FIRST_NAME)
        self._take("participant.name.last", record, column.LAST_NAME)
        self._take("agency.board", record, column.REGION)
        self._take("agency.board", record, column.REGION_TOO)
        self._services.append(self._service(record))

    def arrival(self) -> Arrival:
        """Give the plan, checked by the model, or its findings."""
        for path, name in (("first", column.FIRST_NAME), ("last", column.LAST_NAME)):
            self._require(f"participant.name.{path}", name)
        data = self._data()
        plan = self._checked(data)
        if plan is None or self._findings:
            return Arrival(self._plan_id, VERSION, None, None, tuple(self._findings))
        loss = Loss(self._plan_id, VERSION, "status", DEFAULTED, "Comes back as active.")
        return Arrival(self._plan_id, VERSION, plan, data, (), (loss,))

    def _take(self, path: str, record: Record, name: str) -> None:
        """Keep the first text that a person's rows have in a column."""
        text = self._text(record, path, name)
        if text is not None:
            self._texts.setdefault(path, text)

    def _require(self, path: str, name: str) -> None:
        if path not in self._texts and all(one.path != path for one in self._findings):
            self._find(Record(self._rows[0], {}, ()), "FMT-REQUIRED", path, name)

    def _text(self, record: Record, path: str, name: str) -> str | None:
        cell = record.cell(name)
        text = text_of(cell)
        if cell is not None and text is None:
            self._find(record, "FMT-VALUE", path, name, TEXT)
        return text

    def _service(self, record: Record) -> PlanData:
        path = f"services[{len(self._services)}]"
        days = {field: self._day(record, f"{path}.{field}", name) for field, name in _DAYS.items()}
        code, what = self._what(record, path)
        service = {
            "service_id": self._service_id(code, days["started_on"] or days["planned_start_on"]),
            **what,
            "provider": self._text(record, f"{path}.provider", column.PROVIDER),
            **days,
            "outcome": self._outcome(record, f"{path}.outcome"),
        }
        return {field: value for field, value in service.items() if value is not None}

    def _what(self, record: Record, path: str) -> tuple[str, dict[str, str | None]]:
        """Give a service's code as it stands in an id, its category and its title."""
        text = self._text(record, f"{path}.category", column.SERVICE)
        if record.cell(column.SERVICE) is None:
            self._find(record, "FMT-REQUIRED", f"{path}.category", column.SERVICE)
        code, dash, title = f"{text or ''} ".partition(" - ")
        code = code.strip()
        if dash and code in self._categories:
            return code, {"category": self._categories[code], "title": title.strip() or None}
        known = code if dash and _CODE.fullmatch(code) else _NO_CODE
        return known, {"category": "other", "title": text}

    def _service_id(self, code: str, day: datetime.date | None) -> str:
        parts = [
            self._own or "",
            code,
            *([] if day is None else [day.isoformat().replace("-", "")]),
        ]
        own = "-".join(parts)
        self._ids[own] += 1
        return own if self._ids[own] == 1 else f"{own}-{self._ids[own]}"

    def _day(self, record: Record, path: str, name: str) -> datetime.date | None:
        cell = record.cell(name)
        day = None if cell is None else day_of(cell)
        if cell is not None and day is None:
            self._find(record, "FMT-VALUE", path, name, DAY)
        return day

    def _outcome(self, record: Record, path: str) -> str | None:
        cell = record.cell(column.COMPLETION)
        outcome = OUTCOMES.get(plain(cell))
        if cell is not None and outcome is None:
            self._find(record, "FMT-CODE", path, column.COMPLETION, _COMPLETIONS)
        return outcome

    def _find(self, record: Record, rule: str, path: str, name: str, expected: str = "") -> None:
        """Note what is wrong: the path in the plan, the message with the place in the file."""
        place = record.place(name)
        finding = read_finding(_TITLE, self._plan_id, VERSION, rule, place, expected)
        self._findings.append(finding._replace(path=path))

    def _data(self) -> PlanData:
        texts = self._texts
        names = {part: texts.get(f"participant.name.{part}") for part in ("first", "last")}
        data: dict[str, Any] = {
            "schema": FORM,
            "plan_id": self._plan_id,
            "version": VERSION,
            "program": self._program,
            "status": "active",
            "agency": {"state": "IN", "board": texts.get("agency.board")},
            "participant": {"identifiers": {"icc": self._own}, "name": names},
            "services": self._services,
        }
        if "agency.board" not in texts:
            del data["agency"]["board"]
        return data

    def _checked(self, data: PlanData) -> Plan | None:
        try:
            return read_plan(data, tidied=True)
        except PlanRefused as refused:
            told = {finding.path for finding in self._findings}
            self._findings += [
                self._of_model(problem)
                for problem in refused.problems
                if not told
                or (problem.number in _OF_ORDER_OR_CHARACTERS and problem.path not in told)
            ]
        return None

    def _of_model(self, problem: Problem) -> Finding:
        finding = problem.finding(self._plan_id, VERSION)
        match = _IN_SERVICE.match(problem.path)
        if match is None:
            return finding
        place = f"In the {_TITLE} it stands in row {self._rows[int(match[1])]}."
        return finding._replace(message=f"{finding.message} {place}")
