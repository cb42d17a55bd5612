"""An asyncssh server in a process of its own: any algorithm, any way to log in, as asked."""

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.servers import asyncssh_child
from tests.servers.keys import make_key
from tests.servers.running import PASSWORD, Server, free_port, pin, running

_USER = "feed"


@contextlib.contextmanager
def asyncssh_server(tmp_path: Path, host_key: str = "ed25519", **options: Any) -> Iterator[Server]:
    """Serve a new folder by asyncssh; `options` are those of `asyncssh.listen`, as JSON has them.

    Its log has a line for each login and password: `password wrong`.
    """
    base = tmp_path / f"asyncssh-{os.urandom(3).hex()}"
    folder = base / "served"
    folder.mkdir(parents=True)
    host, client = make_key(base / "host", host_key), make_key(base / "client")
    (base / "authorized").write_text(f"{client.public}\n")
    log, port = base / "log", free_port()
    log.touch()
    listening = {
        "server_host_keys": [str(host.path)],
        "authorized_client_keys": str(base / "authorized"),
        "sftp_factory": True,
        **options,
    }
    given = {"port": port, "log": str(log), "password": PASSWORD, "options": listening}
    command = [sys.executable, str(asyncssh_child.__file__), json.dumps(given)]
    with running(command, port, base / "output"):
        log.write_text("")
        yield Server("127.0.0.1", port, _USER, folder, pin(base, host), client.path, log, host)
