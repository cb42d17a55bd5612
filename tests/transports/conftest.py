"""Sessions on each kind of endpoint: a folder, and a real server of each make."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.servers import Server, asyncssh_server, openssh, proftpd
from tests.transports.endpoints import endpoint

from iepbridge.settings import EndpointSettings
from iepbridge.transports import Session, open_session

MAKES = {"openssh": openssh, "proftpd": proftpd, "asyncssh": asyncssh_server}


@dataclass(frozen=True)
class Served:
    """A folder of this machine, and the endpoint that reaches it."""

    make: str
    folder: Path
    settings: EndpointSettings

    def open(self) -> Session:
        return open_session(self.settings, {})


@pytest.fixture(scope="module", params=["folder", *MAKES])
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """Give an endpoint of each kind; servers run for a whole module."""
    base = tmp_path_factory.mktemp(request.param)
    if request.param == "folder":
        folder = base / "served"
        folder.mkdir()
        settings = EndpointSettings(name="texas", url=f"file:{folder}")
        yield Served("folder", folder, settings)
        return
    with MAKES[request.param](base) as server:
        yield Served(request.param, server.folder, endpoint(server))


@pytest.fixture
def served(place: Served) -> Served:
    """Give an endpoint whose folder is empty."""
    for path in place.folder.iterdir():
        _remove(path)
    return place


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        for inner in path.iterdir():
            _remove(inner)
        path.rmdir()
    else:
        path.unlink()


@pytest.fixture
def session_at(served: Served) -> Iterator[Session]:
    """Give a session on an empty folder of each kind of endpoint."""
    with contextlib.closing(served.open()) as session:
        yield session


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give OpenSSH with its defaults, for a whole module."""
    with openssh(tmp_path_factory.mktemp("sshd")) as server:
        yield server
