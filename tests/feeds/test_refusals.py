"""What ends a run before anything goes: told by the exit code of the command, once."""

import json
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.feeds.conftest import place_of
from tests.feeds.other_side import PATTERNS, arrived, files_in
from tests.feeds.site import Data, Site, refs
from tests.servers import (
    Server,
    asyncssh_server,
    cutting_proxy,
    make_key,
    openssh,
    pin,
    proftpd,
)

LOGIN_TRIED = ("Accepted", "Failed", "publickey", "password", "login")
NO_RENAME = {"Subsystem": "sftp internal-sftp -P rename,posix-rename,hardlink"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Give an asyncssh server that logs each try to log in."""
    with asyncssh_server(tmp_path) as running:
        yield running


def sends(site: Site, server: Server, port: int | None = None, **keys: Any) -> Path:
    """Configure a feed that sends to a new folder of a server."""
    place = place_of(server)
    inbox = place.made("in")
    reached = {**place.reached(inbox, port), **keys}
    given = {key: value for key, value in reached.items() if value is not None}
    site.endpoint("texas", **given)
    site.out("out", "twist", "texas")
    return inbox


def told(done: "subprocess.CompletedProcess[bytes]") -> str:
    """Give what a run told of its problems; nothing of it is a traceback."""
    assert b"Traceback" not in done.stderr
    (row,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert row["exit_code"] == done.returncode
    return "\n".join(row["problems"])


def test_a_wrong_host_key_ends_it_before_any_login(
    site: Site, server: Server, plans: list[Data], tmp_path: Path
) -> None:
    pins = pin(tmp_path, make_key(tmp_path / "other"))
    inbox = sends(site, server, host_keys=pins)
    site.put(plans[0])
    done = site.command("run", "out")
    assert done.returncode == 6
    assert "host key" in told(done)
    assert server.logged() == ""
    assert files_in(inbox) == {}
    site.tables["endpoints"]["texas"]["host_keys"] = server.known_hosts
    assert site.run("out").code == 0
    assert arrived("twist", inbox) == refs(plans[:1])


def test_a_wrong_host_key_of_openssh(site: Site, plans: list[Data], tmp_path: Path) -> None:
    pins = pin(tmp_path, make_key(tmp_path / "other"))
    with openssh(tmp_path) as sshd:
        sends(site, sshd, host_keys=pins)
        site.put(plans[0])
        logged = len(sshd.logged())
        assert site.command("run", "out").returncode == 6
        assert not any(word in sshd.logged()[logged:] for word in LOGIN_TRIED)


def test_a_wrong_password_is_tried_once(site: Site, server: Server, plans: list[Data]) -> None:
    keys = {"private_key": None, "password": {"env": "TEXAS_PASSWORD"}, "retries": 5}
    inbox = sends(site, server, **keys)
    site.put(plans[0])
    done = site.command("run", "out", TEXAS_PASSWORD="not this one")
    assert done.returncode == 6
    assert server.logged().count("password wrong") == 1
    assert "not this one" not in f"{done.stdout!r}{done.stderr!r}"
    assert files_in(inbox) == {}


def test_an_account_without_the_right_to_write(
    site: Site, plans: list[Data], tmp_path: Path
) -> None:
    with openssh(tmp_path, Subsystem="sftp internal-sftp -R") as sshd:
        inbox = sends(site, sshd)
        site.put(plans[0])
        done = site.command("run", "out")
    assert done.returncode == 6
    assert "permission" in told(done)
    assert files_in(inbox) == {}
    assert site.states("out") == {"waiting": {refs(plans)[0]: 1}}


@pytest.mark.parametrize("upload", ["rename", "direct"])
def test_a_server_that_renames_nothing(
    site: Site, plans: list[Data], tmp_path: Path, upload: str
) -> None:
    with openssh(tmp_path, **NO_RENAME) as sshd:
        inbox = sends(site, sshd, upload=upload)
        site.put(plans[0])
        done = site.command("run", "out")
        told(done)
        if upload == "rename":
            assert done.returncode == 6
            assert not list(inbox.glob(PATTERNS["twist"]))
            site.tables["endpoints"]["texas"]["upload"] = "direct"
            assert site.run("out").code == 0
    assert arrived("twist", inbox) == refs(plans[:1])
    assert site.states("out") == {"delivered": {refs(plans)[0]: 1}}


def test_old_algorithms_are_named(site: Site, plans: list[Data], tmp_path: Path) -> None:
    with asyncssh_server(tmp_path, encryption_algs=["aes128-cbc"]) as old:
        sends(site, old)
        site.put(plans[0])
        done = site.command("run", "out")
        assert done.returncode == 6
        assert "aes128-cbc" in told(done)
        assert old.logged() == ""


@pytest.mark.parametrize(
    ("make", "after"),
    [(openssh, 30), (openssh, 1_500), (openssh, 2_600), (proftpd, 1_500), (asyncssh_server, 1_500)],
)
def test_a_cut_while_logging_in_is_tried_again(
    site: Site, plans: list[Data], tmp_path: Path, make: Any, after: int
) -> None:
    with make(tmp_path) as running:
        address = (running.host, running.port)
        with cutting_proxy(address, after_bytes_up=after, times=2) as proxy:
            inbox = sends(site, running, proxy.port)
            site.put(plans[0])
            assert site.run("out").code == 0
            assert proxy.connections >= 3
    assert arrived("twist", inbox) == refs(plans[:1])


def test_a_server_that_is_down_or_comes_late(site: Site, server: Server, plans: list[Data]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        inbox = sends(site, server, port)
        site.put(plans[0])
        done = site.command("run", "out")
    assert done.returncode == 4
    assert "3 tries" in told(done)
    assert done.stderr.count(b"endpoint_attempt") == 3
    assert site.states("out") == {"waiting": {refs(plans)[0]: 1}}
    site.tables["endpoints"]["texas"].update(url=f"{server.url()}/in")
    assert site.run("out").code == 0
    assert arrived("twist", inbox) == refs(plans[:1])


def test_one_feed_that_fails_stops_no_other(
    site: Site, server: Server, plans: list[Data], tmp_path: Path
) -> None:
    inbox = sends(site, server)
    keys = {"host_keys": pin(tmp_path, make_key(tmp_path / "other"))}
    site.endpoint("other", **{**place_of(server).reached(inbox), **keys})
    site.out("first", "twist", "other", receiver="OTHER")
    site.put(plans[0])
    done = site.command("run", "first", "out")
    assert done.returncode == 6
    assert [json.loads(line)["exit_code"] for line in done.stdout.splitlines()] == [6, 0]
    assert arrived("twist", inbox) == refs(plans[:1])
