"""What all servers of the tests have in common: a port, a process, what a client needs to know."""

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.servers.keys import KeyPair

PASSWORD = "correct horse battery staple"
"""The password of every server that takes one."""
_PATIENCE_SECONDS = 30


@dataclass(frozen=True)
class Server:
    """A running SFTP server that serves `folder`, as its path is on this machine."""

    host: str
    port: int
    user: str
    folder: Path
    known_hosts: Path
    key: Path
    log: Path
    host_key: KeyPair = field(repr=False)

    def url(self, port: int | None = None) -> str:
        """Give the endpoint's URL, perhaps by the port of a proxy."""
        return f"sftp://{self.user}@{self.host}:{port or self.port}{self.folder}"

    def logged(self) -> str:
        """Give what the server has logged so far."""
        return self.log.read_text(errors="replace")


def program(name: str, package: str) -> str:
    """Give a program's path, or skip the test."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"no {name} here (on Debian: apt-get install {package})")
    return found


def me() -> str:
    """Give the name of who runs the tests."""
    return getpass.getuser()


def free_port() -> int:
    """Give a port of loopback that is free just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def pin(folder: Path, *keys: KeyPair) -> Path:
    """Write a known_hosts that pins keys for any port of loopback, so that proxies fit too."""
    path = folder / "known_hosts"
    path.write_text("".join(f"[127.0.0.1]:* {key.public}\n" for key in keys))
    return path


@contextlib.contextmanager
def running(
    command: Sequence[str], port: int, log: Path, environ: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the end of the block, from when it answers on its port."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environ
        )
    try:
        _await(process, port, log)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as c:
            if c.recv(4) == b"SSH-":
                return
        time.sleep(0.02)
    raise RuntimeError(f"{process.args} does not answer:\n{log.read_text(errors='replace')}")
