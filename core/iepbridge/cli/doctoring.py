"""The deed behind `iepbridge doctor`: endpoints tried, judged by what feeds need of them.

endpoint --probe--> steps --needs of its feeds--> rows, a guarantee, an exit code
"""

import argparse
from collections.abc import Iterator
from typing import Any, Final

from iepbridge.cli.feeding import configured
from iepbridge.cli.rows import is_plain, print_table, write_rows
from iepbridge.cli.telling import begin
from iepbridge.errors import Misuse
from iepbridge.runs.outcome import gravest
from iepbridge.settings import EndpointSettings, Settings
from iepbridge.transports.probe import REACHING, Outcome, Step, probe

_OPEN: Final = frozenset({*REACHING, "channel", "folder"})
_UNNEEDED: Final = "No feed needs this. "


def perform(arguments: argparse.Namespace) -> int:
    """Try the endpoints, show what came of it, and give the gravest exit code."""
    begin(arguments)
    plain = is_plain(arguments)
    settings = configured(arguments)
    codes = []
    for endpoint in _chosen(arguments.endpoint, settings):
        examined = _Examined(endpoint, settings)
        if plain:
            write_rows(examined.rows())
        else:
            rows = [list(row.values()) for row in examined.rows()]
            print_table(("endpoint", "step", "outcome", "detail"), rows)
        codes += examined.codes
    return gravest(codes)


def _chosen(name: str | None, settings: Settings) -> list[EndpointSettings]:
    if name is not None:
        return [settings.endpoint(name)]
    if not settings.endpoints:
        raise Misuse("doctor: no endpoint is configured; add a table [endpoints.NAME].")
    return list(settings.endpoints.values())


class _Examined:
    """One endpoint while it is tried; `codes` has what failed that is needed."""

    def __init__(self, endpoint: EndpointSettings, settings: Settings) -> None:
        self._endpoint = endpoint
        self._settings = settings
        self._needed = needed(endpoint, settings)
        self._steps: dict[str, Step] = {}
        self.codes: list[int] = []

    def rows(self) -> Iterator[dict[str, Any]]:
        """Give a row for each step as it is done, and one for what follows."""
        for step in probe(self._tried(), self._settings.endpoints):
            self._steps[step.name] = step
            yield self._row(self._judged(step))
        if "write" in self._needed:
            yield self._row(Step("guarantee", *self._guarantee()))

    def _tried(self) -> EndpointSettings:
        """Give the endpoint as its feeds use it: no archive is made that nobody needs."""
        archive = self._endpoint.archive if "archive" in self._needed else None
        return self._endpoint.model_copy(update={"archive": archive})

    def _judged(self, step: Step) -> Step:
        if self._stands_in_the_way(step):
            self.codes.append(step.exit_code)
            return step
        if step.outcome != "failed":
            return step
        return step._replace(outcome="warning", detail=f"{_UNNEEDED}{step.detail}")

    def _row(self, step: Step) -> dict[str, Any]:
        return {
            "endpoint": self._endpoint.name,
            "step": step.name,
            "outcome": step.outcome,
            "detail": step.detail,
        }

    def _guarantee(self) -> tuple[Outcome, str]:
        failed = [one.name for one in self._steps.values() if self._stands_in_the_way(one)]
        if failed:
            what = f"none: nothing can be delivered until this works: {', '.join(failed)}"
            return "failed", what
        own = self._endpoint
        guarded = own.overwrite or self._steps["guard"].outcome == "ok"
        told = "; ".join((_named(own), _WHOLE[own.verify], _over(own, guarded)))
        weak = own.verify == "none" or own.upload == "direct" or not guarded
        return ("warning" if weak else "ok"), f"{told}. {_AFTER_A_CUT}"

    def _stands_in_the_way(self, step: Step) -> bool:
        return step.exit_code != 0 and step.name in self._needed


def _directions(endpoint: EndpointSettings, settings: Settings) -> set[str]:
    return {one.direction for one in settings.feeds.values() if one.endpoint == endpoint.name}


def needed(endpoint: EndpointSettings, settings: Settings) -> frozenset[str]:
    """Give the steps that the feeds of an endpoint cannot do without; all, where it has none.

    A server that is only jumped through needs no more than the login.
    """
    directions = _directions(endpoint, settings)
    jumps = {one.jump for one in settings.endpoints.values()}
    if not directions and endpoint.name in jumps:
        return frozenset(REACHING)
    out = _for_out(endpoint) if "out" in directions or not directions else set()
    back = _for_back(endpoint) if directions != {"out"} else set()
    return frozenset({*_OPEN, *out, *back})


def _for_out(endpoint: EndpointSettings) -> set[str]:
    steps = {"write", "look"}
    if endpoint.verify == "digest":
        steps.add("read_back")
    if endpoint.upload == "rename":
        steps.add("replace" if endpoint.overwrite else "rename")
    return steps


def _for_back(endpoint: EndpointSettings) -> set[str]:
    taken = {"archive"} if endpoint.archive else {"delete"} if endpoint.delete else set()
    return {"list", *taken}


def _named(endpoint: EndpointSettings) -> str:
    if endpoint.upload == "rename":
        return "A file gets its name only once it is whole"
    if endpoint.marker:
        return f"A file is whole once its marker ({endpoint.marker}) is there"
    return "A receiver may see part of a file (upload = direct): agree on a marker"


def _over(endpoint: EndpointSettings, guarded: bool) -> str:
    if endpoint.overwrite:
        return "it may take the place of a file of its name (overwrite = true)"
    if endpoint.upload == "direct" or not guarded:
        return "a file of the same name that comes at that very moment may be lost"
    return "no file is ever overwritten"


_WHOLE: Final = {
    "digest": "it was read back, and is what was sent",
    "size": "its size was compared, its content was not (verify = size)",
    "none": "that it came whole is the server's word (verify = none)",
}
_AFTER_A_CUT: Final = (
    "After a cut the next run looks, and sends nothing twice; where the receiver takes files away"
    " at once, the outcome may stay unknown until it answers."
)
