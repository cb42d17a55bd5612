"""A real PostgreSQL server for tests: on a socket in a folder of its own, stopped by its own id."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OWNER = "iepbridge"
# Tests kill clients, never this server: what it has on the disk does not matter.
_SETTINGS = ("listen_addresses=", "fsync=off", "max_connections=60", "max_wal_size=64MB")


def binaries() -> Path | None:
    """Find the newest server: in the path, or where Debian keeps it."""
    found = shutil.which("initdb")
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name)
    )
    real = [Path(found).resolve().parent] if found else []
    usable = [own for own in [*real, *reversed(folders)] if (own / "postgres").exists()]
    return usable[0] if usable else None


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Run a server while the block lasts; give the URL of it that lacks the database's name."""
    programs = binaries()
    assert programs is not None
    folder.chmod(0o755)
    data, sockets = folder / "data", Path(tempfile.mkdtemp(prefix="iep-pg-", dir="/tmp"))
    for own in (data, sockets):
        own.mkdir(exist_ok=True)
        _hand_over(own)
    try:
        _run(
            programs / "initdb", "-D", data, "-U", _OWNER, "-A", "trust", "--no-sync", "-E", "UTF8"
        )
        with _started(programs, data, sockets):
            yield f"postgresql+psycopg://{_OWNER}@/{{}}?host={sockets}"
    finally:
        shutil.rmtree(sockets, ignore_errors=True)


@contextmanager
def _started(programs: Path, data: Path, sockets: Path) -> Iterator[None]:
    settings = [part for own in _SETTINGS for part in ("-c", own)]
    command = [*_as_somebody(), programs / "postgres", "-D", data, "-k", sockets, *settings]
    with (data / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd="/")
    try:
        _wait(server, programs, sockets, data / "log")
        yield
    finally:
        server.send_signal(signal.SIGINT)  # whoever is still connected is cut off
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait(server: "subprocess.Popen[bytes]", programs: Path, sockets: Path, log: Path) -> None:
    for _ in range(600):
        ready = subprocess.run([programs / "pg_isready", "-q", "-h", sockets], check=False)
        if ready.returncode == 0:
            return
        if server.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}")


def _run(*command: str | Path) -> None:
    subprocess.run(
        [*_as_somebody(), *command], check=True, capture_output=True, cwd="/", timeout=120
    )


def _as_somebody() -> list[str]:
    """Run as somebody else where we are root, whom PostgreSQL refuses; end with the tests."""
    if os.geteuid() != 0:
        return []
    somebody = _somebody()
    ids = [f"--reuid={somebody.pw_uid}", f"--regid={somebody.pw_gid}", "--clear-groups"]
    return ["setpriv", *ids, "--pdeathsig=INT"]


def _hand_over(folder: Path) -> None:
    if os.geteuid() == 0:
        os.chown(folder, _somebody().pw_uid, _somebody().pw_gid)


def _somebody() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")
