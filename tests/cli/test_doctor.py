"""`iepbridge doctor`: what is shown, what counts, and the guarantee that follows."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Run
from tests.servers import Server, make_key, openssh, pin

from iepbridge.transports.probe import STEPS

Doctor = Callable[..., tuple[int, dict[tuple[str, str], dict[str, str]]]]
FEED = """
[feeds.{name}]
direction = "{direction}"
system = "twist"
endpoint = "{endpoint}"
"""
KEYS = {
    "out": 'source = "plans/*.jsonl"\nsender = "GCWS"\nreceiver = "STATE"\n',
    "in": 'pattern = "*.xml"\ndestination = "received"\n',
    "acks": 'pattern = "*.ack.xml"\n',
}


def feed(name: str, direction: str, endpoint: str) -> str:
    """Give the table of a feed."""
    return FEED.format(name=name, direction=direction, endpoint=endpoint) + KEYS[direction]


def reached(server: Server, name: str, **keys: Any) -> str:
    """Give the table of an endpoint on a server."""
    given = {
        "url": server.url(),
        "host_keys": str(server.known_hosts),
        "private_key": {"file": str(server.key)},
        "retries": 0,
        **keys,
    }
    lines = (f"{key} = {_value(value)}" for key, value in given.items())
    return "\n".join([f"[endpoints.{name}]", *lines, ""])


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ file = {json.dumps(value['file'])} }}"
    return json.dumps(value)


@pytest.fixture
def doctor(run: Run, tmp_path: Path) -> Doctor:
    """Give a function that runs the command on a configuration; rows by endpoint and step."""

    def call(configuration: str, *words: str) -> tuple[int, dict[tuple[str, str], dict[str, str]]]:
        (tmp_path / "iepbridge.toml").write_text(configuration)
        done = run("doctor", *words)
        assert b"Traceback" not in done.stderr
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        return done.returncode, {(row["endpoint"], row["step"]): row for row in rows}

    return call


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give OpenSSH for a whole module."""
    with openssh(tmp_path_factory.mktemp("sshd")) as server:
        yield server


def test_all_endpoints_or_the_one_that_is_named(
    doctor: Doctor, sshd: Server, tmp_path: Path
) -> None:
    (tmp_path / "here").mkdir()
    configuration = f'[endpoints.here]\nurl = "file:here"\n{reached(sshd, "texas")}'
    code, rows = doctor(configuration)
    assert code == 0
    assert {endpoint for endpoint, _ in rows} == {"here", "texas"}
    assert {row["outcome"] for row in rows.values()} == {"ok"}
    assert rows["texas", "host_key"]["detail"].startswith("ssh-ed25519 SHA256:")
    code, rows = doctor(configuration, "here")
    assert {endpoint for endpoint, _ in rows} == {"here"}
    assert not list(sshd.folder.iterdir())
    assert {path.name for path in tmp_path.iterdir()} <= {"here", "iepbridge.toml"}


def test_the_gravest_of_several_is_the_exit_code(
    doctor: Doctor, sshd: Server, tmp_path: Path
) -> None:
    other = str(pin(tmp_path, make_key(tmp_path / "other")))
    down = reached(sshd, "down", url=f"sftp://feed@127.0.0.1:1{sshd.folder}")
    code, rows = doctor(down)
    assert (code, rows["down", "connect"]["outcome"]) == (4, "failed")
    changed = reached(sshd, "changed", host_keys=other)
    code, rows = doctor(down + changed)
    assert (code, rows["changed", "host_key"]["outcome"]) == (6, "failed")
    assert rows["changed", "guarantee"]["outcome"] == "failed"
    missing = reached(sshd, "keyless", private_key={"file": "none"})
    code, rows = doctor(changed + missing)
    assert (code, rows["keyless", "set_up"]["outcome"]) == (2, "failed")


@pytest.mark.parametrize(
    ("direction", "keys", "code"),
    [("in", {}, 0), ("acks", {"delete": True}, 0), ("out", {}, 6)],
)
def test_what_no_feed_needs_is_no_failure(
    doctor: Doctor, tmp_path: Path, direction: str, keys: dict[str, Any], code: int
) -> None:
    with openssh(tmp_path, Subsystem="sftp internal-sftp -R") as server:
        configuration = reached(server, "texas", **keys) + feed("one", direction, "texas")
        found, rows = doctor(configuration)
    assert found == code
    assert rows["texas", "write"]["outcome"] == ("failed" if direction == "out" else "warning")
    assert rows["texas", "delete"]["outcome"] == "skipped"
    assert (("texas", "guarantee") in rows) == (direction == "out")


GUARANTEES: list[tuple[dict[str, Any], str, str]] = [
    ({}, "ok", "no file is ever overwritten"),
    ({"verify": "size"}, "ok", "size was compared"),
    ({"verify": "none"}, "warning", "server's word"),
    ({"upload": "direct"}, "warning", "agree on a marker"),
    ({"upload": "direct", "marker": ".done"}, "warning", "once its marker"),
    ({"overwrite": True}, "ok", "take the place"),
]


def test_the_guarantee_follows_from_the_settings(doctor: Doctor, sshd: Server) -> None:
    tables = [reached(sshd, f"e{n}", **keys) for n, (keys, _, _) in enumerate(GUARANTEES)]
    code, rows = doctor("".join(tables))
    assert code == 0
    for number, (_, outcome, words) in enumerate(GUARANTEES):
        row = rows[f"e{number}", "guarantee"]
        assert row["outcome"] == outcome
        assert words in row["detail"]


def test_an_archive_is_tried_where_a_feed_needs_it(doctor: Doctor, tmp_path: Path) -> None:
    (tmp_path / "texas").mkdir()
    (tmp_path / "taken").write_bytes(b"no folder")
    endpoint = '[endpoints.texas]\nurl = "file:texas"\narchive = "taken"\n'
    code, rows = doctor(endpoint + feed("acks", "acks", "texas"))
    assert (code, rows["texas", "archive"]["outcome"]) == (6, "failed")
    code, rows = doctor(endpoint + feed("plans", "out", "texas"))
    assert code == 0
    assert ("texas", "archive") not in rows


def test_a_server_without_renames_needs_direct_uploads(doctor: Doctor, tmp_path: Path) -> None:
    with openssh(tmp_path, Subsystem="sftp internal-sftp -P rename,posix-rename") as server:
        code, rows = doctor(reached(server, "texas"))
        assert (code, rows["texas", "rename"]["outcome"]) == (6, "failed")
        assert "rename" in rows["texas", "guarantee"]["detail"]
        code, rows = doctor(reached(server, "texas", upload="direct"))
        assert (code, rows["texas", "rename"]["outcome"]) == (0, "warning")


def test_a_server_that_is_only_jumped_through_needs_no_files(
    doctor: Doctor, sshd: Server, tmp_path: Path
) -> None:
    with openssh(tmp_path, Subsystem="other /bin/false") as gate:
        configuration = reached(gate, "gate") + reached(sshd, "texas", jump="gate")
        code, rows = doctor(configuration + feed("one", "out", "texas"))
    assert code == 0
    assert rows["gate", "channel"]["outcome"] == "warning"
    assert rows["texas", "guarantee"]["outcome"] == "ok"


def test_what_cannot_be_tried(run: Run, doctor: Doctor, tmp_path: Path) -> None:
    assert run("doctor").returncode == 2
    assert doctor("")[0] == 2
    (tmp_path / "iepbridge.toml").write_text('[endpoints.here]\nurl = "file:here"\n')
    done = run("doctor", "hree")
    assert done.returncode == 2
    assert b"did you mean 'here'" in done.stderr


def test_every_step_is_documented(repository: Path) -> None:
    page = (repository / "docs" / "doctor.md").read_text("utf-8")
    table = page.split("## The steps")[1].split("##")[0]
    documented = re.findall(r"^\| `(\w+)`", table, re.MULTILINE)
    assert documented == [*STEPS, "guarantee"]
