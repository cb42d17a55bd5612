"""The command as a process, and small plans to feed it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.deployment import Deployment

COMMAND = [sys.executable, "-m", "iepbridge"]

Run = Callable[..., subprocess.CompletedProcess[bytes]]


def plan(plan_id: str = "P-1", **more: Any) -> dict[str, Any]:
    """Make the smallest whole plan, with what else is given."""
    return {
        "schema": "iep/1",
        "plan_id": plan_id,
        "version": 1,
        "program": "wioa_adult",
        "status": "draft",
        "participant": {"name": {"first": "Ada", "last": "Byron"}},
        **more,
    }


def refused(plan_id: str = "P-2") -> dict[str, Any]:
    """Make a plan that the model refuses, once."""
    return plan(plan_id, status="closed")


def lines(*plans: dict[str, Any]) -> bytes:
    """Write plans as JSON Lines."""
    return b"".join(json.dumps(one).encode() + b"\n" for one in plans)


def environment(**more: str) -> dict[str, str]:
    """Give the environment of a run: this one, without what steers the command."""
    steering = ("IEPBRIDGE_CONFIG", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHONUNBUFFERED")
    return {k: v for k, v in os.environ.items() if k not in steering} | more


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Give a function that runs the command in an empty folder and waits for it."""

    def call(
        *words: str, given: bytes = b"", env: dict[str, str] | None = None, **more: Any
    ) -> subprocess.CompletedProcess[bytes]:
        more.setdefault("stdout", subprocess.PIPE)
        more.setdefault("stderr", subprocess.PIPE)
        return subprocess.run(
            [*COMMAND, *words],
            input=None if "stdin" in more else given,
            env=environment(**(env or {})),
            cwd=tmp_path,
            check=False,
            **more,
        )

    return call


def _as_in_a_terminal() -> None:
    """Undo what a shell in the background hands down: signals that are ignored."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Give a function that starts a translation which has read a plan and waits for more."""
    started: list[subprocess.Popen[bytes]] = []

    def call(*words: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [*COMMAND, "translate", "--from", "canonical", "--to", "canonical", "-", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
            cwd=tmp_path,
            preexec_fn=_as_in_a_terminal,  # noqa: PLW1509  nothing else runs here
        )
        started.append(process)
        assert process.stdin is not None
        process.stdin.write(lines(*(plan(f"P-{n}") for n in range(20_000))))
        process.stdin.flush()
        return process

    yield call
    for process in started:
        process.kill()
        process.communicate()


TRANSLATE = ("translate", "--from", "canonical", "--to", "canonical")


@pytest.fixture
def deployment(
    tmp_path: Path,
    ledger_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> Deployment:
    """Give a deployment, first with a ledger in SQLite, then in PostgreSQL."""
    return Deployment(tmp_path, ledger_url, monkeypatch, capfdbinary)


@pytest.fixture
def small_deployment(
    tmp_path: Path,
    sqlite_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> Deployment:
    """Give a deployment with a ledger in a file."""
    return Deployment(tmp_path, sqlite_url, monkeypatch, capfdbinary)
