"""OpenSSH's sshd, in the foreground, with nothing of the machine's own configuration."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from tests.servers.keys import make_key
from tests.servers.running import Server, free_port, me, pin, program, running

_PRIVILEGES = Path("/run/sshd")
_CONFIG = {
    "ListenAddress": "127.0.0.1",
    "PidFile": "none",
    "UsePAM": "no",
    "UseDNS": "no",
    "StrictModes": "no",
    "PermitRootLogin": "yes",
    "PasswordAuthentication": "no",
    "KbdInteractiveAuthentication": "no",
    "Subsystem": "sftp internal-sftp",
    "LogLevel": "VERBOSE",
    "MaxStartups": "100",
}


@contextlib.contextmanager
def openssh(tmp_path: Path, host_key: str = "ed25519", **options: str) -> Iterator[Server]:
    """Serve a new folder by sshd; `options` are lines of its configuration.

    It runs as who runs the tests: root, for whom it takes an empty folder under /run, or a user.
    """
    sshd = program("sshd", "openssh-server")
    if os.geteuid() == 0:
        _PRIVILEGES.mkdir(mode=0o755, exist_ok=True)
    base = tmp_path / f"openssh-{os.urandom(3).hex()}"
    folder = base / "served"
    folder.mkdir(parents=True)
    host, client = make_key(base / "host", host_key), make_key(base / "client")
    (base / "authorized").write_text(f"{client.public}\n")
    port, log, config = free_port(), base / "log", base / "config"
    own = {
        "Port": str(port),
        "HostKey": str(host.path),
        "AuthorizedKeysFile": str(base / "authorized"),
    }
    lines = {**_CONFIG, **own, **options}
    config.write_text("".join(f"{name} {value}\n" for name, value in lines.items()))
    with running([sshd, "-D", "-e", "-f", str(config)], port, log):
        pins = pin(base, host)
        yield Server("127.0.0.1", port, me(), folder, pins, client.path, log, host)
