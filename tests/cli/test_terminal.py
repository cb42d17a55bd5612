"""What a person at a terminal sees: tables, a progress bar, a summary in words."""

import os
import pty
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import COMMAND, TRANSLATE, environment, lines, plan, refused

pytestmark = pytest.mark.linux
OnTerminal = Callable[..., tuple[int, str, bytes]]


@pytest.fixture
def on_terminal(tmp_path: Path) -> OnTerminal:
    """Give a function that runs the command with some streams at a terminal.

    It gives the exit code, what the terminal got, and what was piped.
    """

    def call(*words: str, streams: tuple[str, ...] = ("stderr",)) -> tuple[int, str, bytes]:
        master, slave = pty.openpty()
        piped = {name: subprocess.PIPE for name in ("stdout", "stderr") if name not in streams}
        process = subprocess.Popen(
            [*COMMAND, *words],
            stdin=subprocess.DEVNULL,
            env=environment(TERM="xterm", COLUMNS="120"),
            cwd=tmp_path,
            **piped,
            **dict.fromkeys(streams, slave),
        )
        os.close(slave)
        seen = _all_of(master)
        out, err = process.communicate()
        return process.returncode, seen, (out or b"") + (err or b"")

    return call


def _all_of(master: int) -> str:
    seen = b""
    while True:
        try:
            chunk = os.read(master, 65536)
        except OSError:  # Linux says EIO when the last writer has gone
            chunk = b""
        if not chunk:
            os.close(master)
            return seen.decode()
        seen += chunk


def test_a_translation_shows_progress_and_sums_up(on_terminal: OnTerminal, tmp_path: Path) -> None:
    given = lines(*(plan(f"P-{n}") for n in range(250)), refused("BAD-1"))
    (tmp_path / "in.jsonl").write_bytes(given)
    code, seen, _ = on_terminal(*TRANSLATE, "in.jsonl", "-o", "out.jsonl")
    assert code == 1
    assert "Translating" in seen
    assert "a second" in seen
    assert "251 plans read, 250 written, 1 held back." in seen
    for part in ("Held back:", "plan BAD-1, version 1", "MODEL-5 at closed_on", "out.jsonl"):
        assert part in seen
    assert '{"' not in seen


def test_findings_in_a_file_are_not_told_again(on_terminal: OnTerminal, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines(refused("BAD-1")))
    _, seen, _ = on_terminal(*TRANSLATE, "in.jsonl", "-o", "o", "--findings", "f.jsonl")
    assert "BAD-1" not in seen
    assert "MODEL-5 1" in seen
    assert "f.jsonl" in seen


def test_silence_is_kept_at_a_terminal(on_terminal: OnTerminal, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines(refused("BAD-1")))
    code, seen, _ = on_terminal(*TRANSLATE, "in.jsonl", "-o", "o", "--log-level", "error")
    assert (code, seen) == (1, "")


def test_json_is_kept_at_a_terminal(on_terminal: OnTerminal, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines(refused("BAD-1")))
    words = ("in.jsonl", "-o", "o", "--log-format", "json", "--log-level", "info")
    _, seen, _ = on_terminal(*TRANSLATE, *words)
    assert seen.startswith('{"timestamp"')
    assert "\x1b" not in seen


def test_systems_are_a_table_at_a_terminal_and_lines_in_a_pipe(on_terminal: OnTerminal) -> None:
    _, seen, _ = on_terminal("systems", streams=("stdout",))
    assert "release" in seen
    assert '{"' not in seen
    _, seen, _ = on_terminal("systems", "--json", streams=("stdout",))
    assert seen.startswith('{"system"')
    code, _, piped = on_terminal("systems")
    assert code == 0
    assert piped.startswith(b'{"system"')
