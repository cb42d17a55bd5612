"""The server as a client meets it: paths, renames, cuts, and each of its personalities."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.sandbox.files import file_of, fitting

from iepbridge.errors import Misuse, Refused, Unreachable
from iepbridge.sandbox import PERSONALITIES, Sandbox
from iepbridge.sandbox.ssh_server import CutSocket
from iepbridge.settings import EndpointSettings, load_settings
from iepbridge.transports import AlreadyThere, Session, open_session

TWIST = "texas"


@contextmanager
def met(
    root: Path, *personalities: str, endpoint: str = TWIST, **keys: Any
) -> Iterator[tuple[Sandbox, Session]]:
    """Open a session on a sandbox."""
    with (
        Sandbox(root, seed=3, personalities=personalities) as box,
        open_session(reached(box, endpoint, **keys), {}) as session,
    ):
        yield box, session


def reached(box: Sandbox, endpoint: str = TWIST, **keys: Any) -> EndpointSettings:
    """Give an endpoint of the configuration that the sandbox wrote."""
    settings = load_settings(str(box.configuration), {}, box.configuration.parent)
    own = settings.endpoints[endpoint]
    return own.model_copy(update={"retries": 0, **keys})


def test_a_file_goes_and_comes(tmp_path: Path) -> None:
    content = os.urandom(100_000)
    with met(tmp_path) as (box, session):
        assert session.upload(io.BytesIO(content), "one.part") == len(content)
        session.rename("one.part", "one")
        path = box.grounds.inbound("twist") / "one"
        assert path.read_bytes() == content
        assert path.stat().st_mode & 0o777 == 0o600
        assert [one.name for one in session.files()] == ["one"]
        sink = io.BytesIO()
        assert session.download("one", sink, 1 << 20) == len(content)
        assert sink.getvalue() == content
        session.upload(io.BytesIO(b"other"), "two")
        with pytest.raises(AlreadyThere):
            session.rename("two", "one")
        session.remove("one")
        assert session.look("one") is None


def test_what_was_read_is_archived(tmp_path: Path) -> None:
    with met(tmp_path, endpoint="texas-out") as (box, session):
        box.offer("twist", "one.ack.xml", b"an answer")
        assert session.archive("one.ack.xml", "/texas/archive") == "one.ack.xml"
    assert (tmp_path / "served" / "texas" / "archive" / "one.ack.xml").read_bytes() == b"an answer"


@pytest.mark.parametrize("name", ["../../../keys", "/../keys", "//texas/../../keys", "keys"])
def test_no_path_leads_out(tmp_path: Path, name: str) -> None:
    box = Sandbox(tmp_path)
    place = box.floor.place(name)
    assert place.is_relative_to(tmp_path / "served")
    assert not box.floor.may_change(box.floor.place("/texas/inbound"))
    assert box.floor.may_change(box.floor.place("/texas/inbound/x"))


def test_the_folders_of_the_states_stay(tmp_path: Path) -> None:
    with Sandbox(tmp_path) as box:
        above = reached(box).model_copy(update={})
        above._place = above._place._replace(folder="/texas")
        with open_session(above, {}) as session, pytest.raises(Refused, match="permission denied"):
            session.upload(io.BytesIO(b"x"), "x")


def test_a_file_is_whole_once_its_client_has_closed_it(tmp_path: Path) -> None:
    name, content = file_of("twist", 1, *fitting("twist", 1))
    with met(tmp_path) as (box, session):
        box.floor.begin(box.grounds.inbound("twist") / name)
        session.upload(io.BytesIO(content), name)
        assert box.pickup() == []
        box.floor.end(box.grounds.inbound("twist") / name, whole=False)
        assert box.pickup() == []
        session.upload(io.BytesIO(content), name)
        assert [one.name for one in box.pickup()] == [name]


def test_files_are_taken_at_once(tmp_path: Path) -> None:
    name, content = file_of("cwds", 1, *fitting("cwds", 1))
    with met(tmp_path, "takes", endpoint="pennsylvania") as (box, session):
        session.upload(io.BytesIO(content), f"{name}.part")
        session.rename(f"{name}.part", name)
        assert session.look(name) is None
        session.upload(io.BytesIO(content), name)
        assert session.look(name) is None
        assert [one.name for one in box.pickup()] == [name]
        assert box.book()[0].again == 1


def test_a_server_may_refuse_renames(tmp_path: Path) -> None:
    with met(tmp_path, "no-rename") as (_, session):
        session.upload(io.BytesIO(b"x"), "one.part")
        with pytest.raises(Refused):
            session.rename("one.part", "one")


def test_a_weak_server_is_refused_by_name(tmp_path: Path) -> None:
    weak = Sandbox(tmp_path, personalities=["weak"])
    with weak as box, pytest.raises(Refused, match="3des-cbc"):
        open_session(reached(box), {})


def test_another_key_is_refused(tmp_path: Path) -> None:
    with Sandbox(tmp_path / "one") as box, Sandbox(tmp_path / "two") as other:
        with pytest.raises(Refused):
            open_session(reached(box, private_key=reached(other).private_key), {})
        with pytest.raises(Refused):
            open_session(reached(box, host_keys=reached(other).host_keys), {})


def test_connections_are_cut_as_the_seed_says(tmp_path: Path) -> None:
    with Sandbox(tmp_path, seed=5, personalities=["cuts"]) as box:
        endpoint, outcomes = reached(box), []
        for _ in range(12):
            try:
                with open_session(endpoint, {}) as session:
                    session.upload(io.BytesIO(b"x" * 2000), "one")
                outcomes.append("done")
            except Unreachable:
                outcomes.append("cut")
        assert {"done", "cut"} == set(outcomes)
        assert box.connections == 12


def test_a_cut_socket_lets_so_many_bytes_pass() -> None:
    class Line:
        sent = b""
        ended = 0

        def sendall(self, data: bytes) -> None:
            self.sent += data

        def recv(self, size: int) -> bytes:
            return b"y" * size

        def shutdown(self, _: int) -> None:
            self.ended += 1

    line = Line()
    cut = CutSocket(line, 10)  # type: ignore[arg-type]
    assert cut.send(b"xxxx") == 4
    assert cut.recv(4) == b"yyyy"
    assert cut.send(b"xxxx") == 2
    assert (line.sent, line.ended) == (b"xxxxxx", 1)
    assert cut.recv(4) == b""


def test_only_known_personalities_are_taken(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match=", ".join(PERSONALITIES)):
        Sandbox(tmp_path / "root", personalities=["friendly"])
    assert not (tmp_path / "root").exists()


def test_one_root_has_one_sandbox_and_one_port_one_server(tmp_path: Path) -> None:
    with Sandbox(tmp_path / "one") as box:
        with pytest.raises(Misuse, match="Another sandbox runs on"), Sandbox(tmp_path / "one"):
            pass
        same_port = Sandbox(tmp_path / "two", port=box.port)
        with pytest.raises(Misuse, match=f"Port {box.port} of"), same_port:
            pass
    with Sandbox(tmp_path / "one"), Sandbox(tmp_path / "two"):
        pass


def test_a_configuration_keeps_what_was_changed_in_it(tmp_path: Path) -> None:
    with Sandbox(tmp_path) as box:
        mended = box.configuration.read_text().replace('"GCWS"', '"OURS"')
        box.configuration.write_text(mended)
        key = (tmp_path / "ledger.key").read_bytes()
        first = box.port
    with Sandbox(tmp_path) as box:
        assert box.configuration.read_text() == mended.replace(f":{first}/", f":{box.port}/")
        assert (tmp_path / "ledger.key").read_bytes() == key
        assert (tmp_path / "ledger.key").stat().st_mode & 0o777 == 0o600
