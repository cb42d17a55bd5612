"""The actions under the goals of one plan."""

from typing import Final

from iepbridge.sample.banks import Row, rows
from iepbridge.sample.calendar import iso_texts
from iepbridge.sample.case import Case, PlanPart
from iepbridge.sample.services import IEP_EVENT

_COUNTS: Final = {
    "overall": (0, 0, 1, 2, 3),
    "interim": (3, 4, 4, 4, 5),
    "long_term": (1, 2, 3),
    "short_term": (2, 3, 3),
}
LEEWAY: Final = 15
"""Actions are set within so many days of their goal, and no goal is achieved before."""

_DURATION: Final = 71
_NAMED: Final = {
    "other": ("Family friend", "Grandmother", "Pastor Reyes", "Neighbor"),
    "partner": ("Housing authority", "Legal aid office", "Vocational rehabilitation"),
    "service_provider": ("Sandhill Community College", "Ms. O'Dell", "Job coach"),
}


class Agenda:
    """Writes a plan's actions goal by goal, each barrier's under the first interim goal."""

    def __init__(
        self, case: Case, barriers: list[PlanPart] | None, services: list[PlanPart]
    ) -> None:
        self._draw = case.draw
        self._seen = case.days.seen
        self._mark = f"{case.mark}A"
        self._rows = rows("actions")
        self._iso = iso_texts()
        self._owed = barriers or []
        self._services = [one for one in services if one["category"] != IEP_EVENT]
        self._written = 0

    def actions(
        self, term: str, section: str, start: int, achieved: int | None, *, last: bool
    ) -> list[PlanPart]:
        """Write the actions of one goal; the last interim goal ends with a follow-up."""
        count = self._draw.pick(_COUNTS[term]) - last
        made = self._against_barriers(start, achieved) if term == "interim" else []
        entries = self._rows[section]
        wanted, size = count - len(made), len(entries)
        for turn in range(wanted):
            row = entries[(turn * size + int(self._draw.roll() * size)) // wanted]
            made.append(self._ordinary(row, start, achieved))
        if last:
            row = self._draw.pick(self._rows["follow_up"])
            made.append({**self._action(row, start, achieved), "follow_up": True})
        return made

    def _against_barriers(self, start: int, achieved: int | None) -> list[PlanPart]:
        made = []
        for barrier in self._owed:
            row = self._draw.pick(self._rows[barrier["category"]])
            action = self._action(row, start, achieved)
            action["barrier_id"] = barrier["barrier_id"]
            made.append(action)
        self._owed = []
        return made

    def _ordinary(self, row: Row, start: int, achieved: int | None) -> PlanPart:
        action = self._action(row, start, achieved)
        roll = self._draw.roll()
        if roll > 0.97:
            action["follow_up"] = False
        if roll < 0.1 and self._services:
            action["service_id"] = self._draw.pick(self._services)["service_id"]
        return action

    def _action(self, row: Row, start: int, achieved: int | None) -> PlanPart:
        draw, iso = self._draw, self._iso
        responsible, description, measure = row
        set_on = start + int(draw.roll() * LEEWAY)
        planned = set_on + 5 + int(draw.roll() * _DURATION)
        self._written += 1
        action: PlanPart = {
            "action_id": f"{self._mark}{self._written}",
            "description": description,
            "responsible": responsible,
        }
        if responsible in _NAMED and (responsible == "other" or draw.roll() < 0.2):
            action["responsible_name"] = draw.pick(_NAMED[responsible])
        action["set_on"] = iso[set_on]
        action["planned_end_on"] = iso[planned]
        if achieved is not None:
            action["actual_end_on"] = iso[draw.between(set_on, achieved)]
        elif planned <= self._seen and draw.roll() < 0.08:
            action["actual_end_on"] = iso[draw.between(set_on, planned)]
        action["measure"] = measure
        return action
