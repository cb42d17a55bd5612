"""What the demo says where its figures are not right, and how its commands are called."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from iepbridge.cli.demo_accounts import Account
from iepbridge.cli.demo_stage import STATES, Heard
from iepbridge.cli.demo_view import called_as, show_accounts, show_heard

PLACES = {"waiting": 1, "delivered": 5, "held": 2, "unknown": 1, "superseded": 1}
RIGHT = Account("texas-plans", 10, PLACES, 6, 6, agrees=True)
WRONG = (
    RIGHT._replace(entered=11),
    RIGHT._replace(places={**PLACES, "held": 1}),
    RIGHT._replace(theirs=5),
    RIGHT._replace(agrees=False),
)


def shown(drawn: Sequence[Account], capsys: pytest.CaptureFixture[str]) -> str:
    show_accounts(drawn)
    return capsys.readouterr().out


def test_accounts_that_are_right_are_said_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown([RIGHT, RIGHT], capsys)
    assert "20 plans entered, 20 accounted for; 12 were carried" in text
    assert "lists agree" in text
    assert RIGHT.is_right


@pytest.mark.parametrize("account", WRONG)
def test_accounts_that_are_wrong_are_said_to_be(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not account.is_right
    assert "DO NOT AGREE" in shown([RIGHT, account], capsys)


@pytest.mark.parametrize(
    ("accepted", "unnamed", "told"),
    [
        (1200, 0, "1,200 accepted, 2 with a warning"),
        (12, 12, "12 accepted unnamed, 2"),
        (12, 5, "12 accepted, 5 of them unnamed, 2"),
    ],
)
def test_plans_that_are_accepted_unnamed_are_told(
    accepted: int, unnamed: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    show_heard([Heard(STATES[1], accepted, 2, 3, unnamed)])
    text = capsys.readouterr().out
    assert told in text
    assert ("Indiana names only" in text) == bool(unnamed)


def test_commands_are_called_as_they_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "iepbridge"
    program.parent.mkdir()
    program.touch(mode=0o755)
    folder = tmp_path / "out"
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "argv", [str(program), "demo"])
    assert called_as(folder) == "../bin/iepbridge"
    monkeypatch.setenv("PATH", str(program.parent))
    assert called_as(folder) == "iepbridge"
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "iepbridge" / "__main__.py"), "demo"])
    assert called_as(folder).endswith(" -m iepbridge")
