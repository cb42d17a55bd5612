"""`iepbridge ack`: what an acknowledgement says, to people and to programs."""

import base64
import io
import json
import os
import pty
import subprocess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.cli.conftest import COMMAND, Run, environment

from iepbridge.acknowledgement import Acknowledgement, Answer, Message
from iepbridge.crypto import Keyring
from iepbridge.ledger import open_ledger_at
from iepbridge.ledger.schema import kept
from iepbridge.registry import load_registry

STEM = "TWIST_IEP_GCWS_20260105_000001"
NAME = f"{STEM}.ack.xml"
RECEIVED = "2026-01-05T02:00:00-06:00"
HOSTILE = "SENTINEL\t[red]\x9b31m\x7f\u202e\u2028é"
ACCEPTED = Answer("P-1", 1, "accepted", (), "999000111")
WARNED = Answer("P-2", 1, "warnings", (Message("W1", HOSTILE, "Customer[2]/Person"),))
REJECTED = Answer("P-3", 4, "rejected", (Message("E1", "Not in the list"),))


def file(status: str, *answers: Answer, messages: tuple[Message, ...] = ()) -> bytes:
    system = load_registry().adapter("twist").acknowledgements
    assert system
    stream = io.BytesIO()
    system.write(Acknowledgement(STEM, 1, RECEIVED, status, messages, answers), stream)
    return stream.getvalue()


def rows(output: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.split(b"\n")[:-1]]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (file("accepted", ACCEPTED), 0),
        (file("accepted"), 0),
        (file("warnings", ACCEPTED, WARNED), 0),
        (file("warnings", ACCEPTED, REJECTED), 1),
        (file("rejected", messages=(Message("X", "Cut"),)), 1),
        (b"<TwistIepAck/>", 3),
        (b"", 3),
    ],
)
def test_the_exit_code_says_whether_anything_was_rejected(
    run: Run, tmp_path: Path, given: bytes, code: int
) -> None:
    (tmp_path / NAME).write_bytes(given)
    done = run("ack", "--system", "twist", NAME)
    assert done.returncode == code
    assert bool(done.stdout) == (code != 3)
    assert bool(done.stderr) == (code == 3)


def test_a_line_for_the_file_each_plan_and_each_message(run: Run, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(
        file("warnings", ACCEPTED, REJECTED, messages=(Message("W0", "Late"),))
    )
    done = run("ack", "--system", "twist", NAME)
    assert rows(done.stdout) == [
        {
            "kind": "file",
            "system": "twist",
            "batch": STEM,
            "part": None,
            "sequence": 1,
            "received": RECEIVED,
            "status": "warnings",
            "records_read": None,
            "answers": 2,
            "closes_unnamed": False,
        },
        message(None, None, "warnings", "W0", "Late"),
        {"kind": "answer", "plan_id": "P-1", "version": 1, "status": "accepted"},
        {"kind": "answer", "plan_id": "P-3", "version": 4, "status": "rejected"},
        message("P-3", 4, "rejected", "E1", "Not in the list"),
    ]
    assert run("ack", "--json", "--system", "twist", NAME).stdout == done.stdout


def message(plan_id: str | None, version: int | None, status: str, *said: str) -> dict[str, Any]:
    about = {"plan_id": plan_id, "version": version, "status": status}
    return {"kind": "message", **about, "code": said[0], "place": "", "text": said[1]}


def test_standard_input_is_read_without_a_name(run: Run) -> None:
    done = run("ack", "--system", "twist", "-", given=file("accepted", ACCEPTED))
    assert done.returncode == 0
    assert rows(done.stdout)[0]["batch"] == STEM


def test_the_name_counts_wherever_the_file_lies(run: Run, tmp_path: Path) -> None:
    other = tmp_path / "in" / NAME.replace("000001", "000002")
    other.parent.mkdir()
    other.write_bytes(file("accepted", ACCEPTED))
    done = run("ack", "--system", "twist", str(other))
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"named after" in done.stderr


def test_lines_carry_every_character_and_steer_no_terminal(run: Run) -> None:
    done = run("ack", "--system", "twist", "-", given=file("warnings", WARNED))
    assert rows(done.stdout)[-1]["text"] == HOSTILE
    assert all(32 <= byte < 127 for byte in done.stdout.replace(b"\n", b""))


def test_messages_and_numbers_of_people_are_not_said_elsewhere(run: Run) -> None:
    given = file("warnings", WARNED, ACCEPTED)
    done = run("ack", "--system", "twist", "--log-level", "debug", "-", given=given)
    assert b"SENTINEL" not in done.stderr
    assert b"999000111" not in done.stdout + done.stderr
    cut = run("ack", "--system", "twist", "-", given=given[:-9])
    assert cut.returncode == 3
    assert b"SENTINEL" not in cut.stdout + cut.stderr


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--system", "twixt", "-"), b"twixt"),
        (("--system", "twist", "gone.ack.xml"), b"no such file"),
        (("--system", "twist"), b"FILE"),
        (("-",), b"--system"),
    ],
)
def test_wrong_usage_says_what_is_right(run: Run, words: tuple[str, ...], expected: bytes) -> None:
    done = run("ack", *words)
    assert (done.returncode, done.stdout) == (2, b"")
    assert expected in done.stderr


def test_closed_standard_streams_are_wrong_usage(tmp_path: Path) -> None:
    for closing in ("<&-", ">&-"):
        line = f'exec "$@" {closing}'
        words = ["sh", "-c", line, "sh", *COMMAND, "ack", "--system", "twist", "-"]
        done = subprocess.run(words, capture_output=True, check=False, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, b"")
        assert b"is closed" in done.stderr


def test_a_system_without_acknowledgements_says_so(run: Run, tmp_path: Path) -> None:
    site = tmp_path / "site"
    info = site / "some_ohio-1.2.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: some-ohio\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[iepbridge]\nohio = some_ohio\n")
    (site / "mapping.toml").write_text('[mapping]\nrelease = "1"\n')
    (site / "some_ohio.py").write_text(
        "from pathlib import Path\n"
        "from iepbridge.adapter import Adapter\n"
        "from iepbridge.hookspecs import hookimpl\n"
        "@hookimpl\n"
        "def iepbridge_adapter():\n"
        "    return Adapter('ohio', 'Ohio', Path(__file__).parent)\n"
    )
    done = run("ack", "--system", "ohio", "-", env={"PYTHONPATH": str(site)})
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"reads no acknowledgements" in done.stderr


@pytest.mark.linux
def test_a_terminal_gets_a_table_that_cannot_steer_it(tmp_path: Path) -> None:
    given = file("warnings", ACCEPTED, WARNED, REJECTED, messages=(Message("W0", "Late"),))
    (tmp_path / NAME).write_bytes(given)
    code, seen = on_terminal(tmp_path, "ack", "--system", "twist", NAME)
    assert code == 1
    for text in (STEM, "3 plans: 1 accepted, 1 with warnings, 1 rejected", "no answer yet"):
        assert text in seen
    for text in ("P-3", "Not in the list", "the file", "Late", r"SENTINEL\t", "[red]"):
        assert text in seen
    assert "\x9b" not in seen
    assert "\u202e" not in seen


def on_terminal(folder: Path, *words: str) -> tuple[int, str]:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *words],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        env=environment(TERM="dumb", COLUMNS="200"),
        cwd=folder,
    )
    os.close(theirs)
    seen = b""
    try:
        while chunk := os.read(ours, 65536):
            seen += chunk
    except OSError:  # Linux says EIO when the last writer has gone
        pass
    os.close(ours)
    return process.wait(), seen.decode()


def test_with_a_ledger_the_answers_are_recorded(run: Run, tmp_path: Path) -> None:
    (tmp_path / "iepbridge.toml").write_text('[ledger]\nkey = { file = "key" }\n')
    (tmp_path / "key").write_text(f"1:{base64.b64encode(bytes(32)).decode()}\n")
    (tmp_path / "key").chmod(0o600)
    (tmp_path / NAME).write_bytes(file("accepted", ACCEPTED))
    first, second = run("ack", "--system", "twist", NAME), run("ack", "--system", "twist", NAME)
    assert (first.returncode, second.returncode) == (0, 0)
    for one in (first, second):  # what answers nothing is read once more: it may by now
        assert b"answers no file that was sent from here" in one.stderr
    assert first.stdout == second.stdout
    url = f"sqlite:///{tmp_path}/iepbridge.db"
    with open_ledger_at(url, Keyring({"1": bytes(32)})) as ledger, ledger.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(kept)) == 1


def test_without_a_key_it_is_told_that_nothing_is_recorded(run: Run, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(file("accepted", ACCEPTED))
    (tmp_path / "iepbridge.toml").write_text("[policy]\n")
    done = run("ack", "--system", "twist", NAME)
    assert (done.returncode, b"Shown only" in done.stderr) == (0, True)
    feed = '[endpoints.e]\nurl = "file:."\n[feeds.acks]\ndirection = "acks"\nsystem = "twist"\n'
    (tmp_path / "iepbridge.toml").write_text(f'{feed}endpoint = "e"\npattern = "*"\n')
    done = run("ack", "--system", "twist", NAME)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"[ledger] key is missing" in done.stderr
