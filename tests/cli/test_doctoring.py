"""What steps come to for the feeds of an endpoint."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.test_doctor import feed

from iepbridge.cli import doctoring
from iepbridge.cli.doctoring import _Examined
from iepbridge.settings import load_settings
from iepbridge.transports.probe import STEPS, Step

ENDPOINT = '[endpoints.there]\nurl = "file:there"\n'


def examined(
    folder: Path, monkeypatch: pytest.MonkeyPatch, direction: str, steps: list[Step]
) -> tuple[dict[str, str], list[int]]:
    """Judge steps for a feed of a direction: the outcomes that are shown, and the exit codes."""

    def probed(*_: Any) -> Iterator[Step]:
        return iter(steps)

    monkeypatch.setattr(doctoring, "probe", probed)
    (folder / "iepbridge.toml").write_text(feed("plans", direction, "there") + ENDPOINT)
    settings = load_settings(None, {}, folder)
    own = _Examined(settings.endpoints["there"], settings)
    return {row["step"]: row["outcome"] for row in own.rows()}, own.codes


def lost_at(name: str) -> list[Step]:
    """Give the steps of an endpoint whose connection was lost in one of them."""
    place = STEPS.index(name)
    before = [Step(one, "ok") for one in STEPS[:place]]
    after = [Step(one, "skipped", "not tried", 4) for one in STEPS[place + 1 :]]
    return [*before, Step(name, "failed", "lost", 4), *after]


@pytest.mark.parametrize("name", ["list", "scratch", "write"])
def test_what_is_needed_and_was_not_tried_stands_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A feed out lists nothing; where that costs the connection, nothing it needs was tried."""
    outcomes, codes = examined(tmp_path, monkeypatch, "out", lost_at(name))
    assert outcomes["guarantee"] == "failed"
    assert set(codes) == {4}


def test_what_is_not_needed_may_stay_untried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes, codes = examined(tmp_path, monkeypatch, "in", lost_at("write"))
    assert (outcomes["write"], outcomes["rename"], codes) == ("warning", "skipped", [])
