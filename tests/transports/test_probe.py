"""Endpoints looked into: sound ones, and servers that refuse one thing each."""

import socket
import time
from pathlib import Path
from typing import Any

import pytest
from tests.servers import Server, asyncssh_server, cutting_proxy, make_key, openssh, pin
from tests.servers.unwritable import unwritable
from tests.transports.conftest import Served
from tests.transports.endpoints import by_password, endpoint

from iepbridge.settings import EndpointSettings, Secret
from iepbridge.transports import Session
from iepbridge.transports import probe as probing
from iepbridge.transports.probe import Step, probe

REACHED = ["set_up", "resolve", "connect", "handshake", "host_key", "login", "channel", "folder"]
USED = [
    "list", "scratch", "write", "look", "clock", "read_back", "rename", "guard", "replace", "delete"
]  # fmt: skip


def probed(settings: EndpointSettings, **others: EndpointSettings) -> dict[str, Step]:
    """Give the steps by name; each comes once."""
    steps = list(probe(settings, others))
    found = {step.name: step for step in steps}
    assert len(found) == len(steps)
    return found


def ends_at(settings: EndpointSettings, name: str, **others: EndpointSettings) -> Step:
    """Give the step at which a probe ends."""
    steps = list(probed(settings, **others).values())
    *before, last = steps
    assert [step.outcome for step in before] == ["ok"] * len(before)
    assert (last.name, last.outcome) == (name, "failed")
    return last


def outcomes(server: Server, **options: Any) -> dict[str, str]:
    """Give the outcomes of the steps on files; nothing is left there."""
    found = probed(endpoint(server, **options))
    assert [found[name].outcome for name in REACHED] == ["ok"] * len(REACHED)
    return {name: found[name].outcome for name in USED}


def test_a_sound_endpoint(served: Served) -> None:
    (served.folder / "plans.xml").write_bytes(b"plans")
    found = probed(served.settings)
    reached = ["folder"] if served.make == "folder" else REACHED
    assert list(found) == reached + USED
    assert {step.name: step for step in found.values() if step.outcome != "ok"} == {}
    assert found["list"].detail.startswith("1 ")
    assert [path.name for path in served.folder.iterdir()] == ["plans.xml"]


def test_the_archive_is_tried(served: Served) -> None:
    archive = served.folder / "archive"
    settings = served.settings.model_copy(update={"archive": str(archive)})
    for _ in range(2):
        found = probed(settings)
        assert found["archive"] == Step("archive", "ok", f"moved into {archive}")
        assert [*archive.iterdir()] == []
        assert [*served.folder.iterdir()] == [archive]


def test_an_archive_that_cannot_be(served: Served) -> None:
    (served.folder / "archive").write_bytes(b"a file")
    settings = served.settings.model_copy(update={"archive": str(served.folder / "archive")})
    assert probed(settings)["archive"].outcome == "failed"
    assert [path.name for path in served.folder.iterdir()] == ["archive"]


def test_an_archive_that_keeps_what_it_has(tmp_path: Path) -> None:
    with openssh(tmp_path, Subsystem="sftp internal-sftp -P remove") as server:
        found = probed(endpoint(server, archive=str(server.folder / "archive")))
    assert found["archive"].outcome == "warning"
    assert "by hand" in found["archive"].detail


def test_what_was_agreed_is_told(served: Served) -> None:
    found = probed(served.settings)
    if served.make == "folder":
        assert found["folder"].detail == str(served.folder)
        return
    assert found["host_key"].detail.startswith("ssh-ed25519 SHA256:")
    assert "-gcm@openssh.com" in found["handshake"].detail
    assert "by publickey" in found["login"].detail
    assert "posix-rename@openssh.com" in found["channel"].detail


@pytest.mark.parametrize(
    ("refused", "failed"),
    [
        ("mkdir", {}),
        ("rename", {"rename": "failed", "guard": "skipped"}),
        ("posix-rename", {"replace": "failed"}),
        ("remove", {"delete": "failed"}),
        ("opendir", {"list": "failed"}),
        ("read", {"read_back": "failed"}),
    ],
)
def test_a_server_that_refuses_one_request(
    tmp_path: Path, refused: str, failed: dict[str, str]
) -> None:
    with openssh(tmp_path, Subsystem=f"sftp internal-sftp -P {refused}") as server:
        found = outcomes(server)
        left = list(server.folder.rglob("*"))
    scratch = {"scratch": "skipped"} if refused == "mkdir" else {}
    expected = dict.fromkeys(USED, "ok") | failed | scratch
    assert found == expected
    assert not left or refused == "remove"


def test_a_server_that_is_read_only(tmp_path: Path) -> None:
    with openssh(tmp_path, Subsystem="sftp internal-sftp -R") as server:
        found = probed(endpoint(server))
    assert found["list"].outcome == "ok"
    assert found["scratch"].outcome == "skipped"
    assert found["write"].exit_code == 6
    assert "permission" in found["write"].detail
    assert {found[name].outcome for name in USED[3:]} == {"skipped"}


@pytest.mark.parametrize("request_", ["fstat", "lstat", "fsetstat", "readlink", "fsync"])
def test_what_a_server_may_lack_is_no_fault(tmp_path: Path, request_: str) -> None:
    with openssh(tmp_path, Subsystem=f"sftp internal-sftp -P {request_}") as server:
        steps = probed(endpoint(server))
    for step in steps.values():
        assert step.outcome in ("ok", "failed", "skipped")
        assert step.outcome == "ok" or step.detail


def test_files_that_go_at_once_or_change(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "_Trial", _taken_after("upload", served.folder))
    found = probed(served.settings)
    assert "takes files away at once" in found["look"].detail
    assert "takes files away at once" in found["read_back"].detail
    assert found["delete"].outcome == "ok"


def _taken_after(_: str, folder: Path) -> type:
    class Taken(probing._Trial):
        def __init__(self, session: Session, *about: Any) -> None:
            super().__init__(session, *about)
            self._make_folder = lambda: ""  # type: ignore[method-assign]

        def _put(self, name: str) -> int:
            size = super()._put(name)
            (folder / name).unlink()
            return size

    return Taken


def test_a_clock_that_is_wrong_is_told(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    present = time.time
    monkeypatch.setattr(probing.time, "time", lambda: present() + 3_600)
    step = probed(served.settings)["clock"]
    assert step.outcome == "warning"
    assert "behind this machine's" in step.detail
    monkeypatch.setattr(probing.time, "time", lambda: present() - 30)
    step = probed(served.settings)["clock"]
    assert step.outcome == "ok"
    assert "ahead of" in step.detail


def test_a_wrong_host_key(sshd: Server, tmp_path: Path) -> None:
    pins = pin(tmp_path, make_key(tmp_path / "other"))
    step = ends_at(endpoint(sshd, host_keys=pins), "host_key")
    assert step.exit_code == 6
    assert sshd.host_key.public.split()[1] in step.detail


def test_a_wrong_password_is_tried_once(tmp_path: Path) -> None:
    with asyncssh_server(tmp_path) as server:
        step = ends_at(by_password(server, "wrong", retries=5), "login")
        assert server.logged().count("password wrong") == 1
    assert step.exit_code == 6


def test_old_algorithms(tmp_path: Path) -> None:
    with asyncssh_server(tmp_path, encryption_algs=["aes128-cbc"]) as server:
        step = ends_at(endpoint(server), "handshake")
    assert step.exit_code == 6
    assert "aes128-cbc" in step.detail


def test_nobody_listens(sshd: Server) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        step = ends_at(endpoint(sshd, taken.getsockname()[1], retries=5), "connect")
    assert step.exit_code == 4


def test_no_such_name(sshd: Server) -> None:
    url = sshd.url().replace("127.0.0.1", "nowhere.invalid")
    pins = sshd.known_hosts
    step = ends_at(endpoint(sshd, url=url, host_keys=pins), "resolve")
    assert step.exit_code == 4


def test_no_sftp(tmp_path: Path) -> None:
    with openssh(tmp_path, Subsystem="other /bin/false") as server:
        assert ends_at(endpoint(server), "channel").exit_code == 6


def test_no_folder(sshd: Server) -> None:
    step = ends_at(endpoint(sshd, url=f"{sshd.url()}/nowhere"), "folder")
    assert step.exit_code == 6


def test_a_key_that_is_not_there(sshd: Server, tmp_path: Path) -> None:
    missing = Secret.of_file(tmp_path / "none", "endpoints.texas.private_key")
    assert ends_at(endpoint(sshd, private_key=missing), "set_up").exit_code == 2


def test_through_another_server(tmp_path: Path) -> None:
    with asyncssh_server(tmp_path) as jump, openssh(tmp_path) as server:
        through = endpoint(jump, name="gate")
        found = probed(endpoint(server, jump="gate"), gate=through)
        assert found["delete"].outcome == "ok"
        pins = pin(tmp_path, make_key(tmp_path / "other"))
        closed = endpoint(jump, name="gate", host_keys=pins)
        assert "gate" in ends_at(endpoint(server, jump="gate"), "host_key", gate=closed).detail


@pytest.mark.parametrize("after", [4_000, 4_600, 5_400, 6_200])
def test_a_connection_that_is_lost_ends_it(sshd: Server, after: int) -> None:
    with cutting_proxy((sshd.host, sshd.port), after_bytes_up=after) as proxy:
        steps = probed(endpoint(sshd, proxy.port))
    failed = [step for step in steps.values() if step.outcome == "failed"]
    assert [step.exit_code for step in failed] == [4]
    lost = [step for step in steps.values() if step.detail.startswith("not tried: the")]
    assert {(step.outcome, step.exit_code) for step in lost} == {("skipped", 4)}
    for path in sorted(sshd.folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()


def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    with unwritable(tmp_path):
        found = probed(EndpointSettings(name="here", url=f"file:{tmp_path}"))
    assert found["write"].exit_code == 6
