"""ProFTPD with mod_sftp, on users and keys of its own."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.servers.keys import make_key, rfc4716
from tests.servers.running import PASSWORD, Server, free_port, pin, program, running

_USER = "feed"
_CONFIG = """
LoadModule mod_sftp.c
ServerType standalone
ServerName tests
UseReverseDNS off
DefaultAddress 127.0.0.1
SocketBindTight on
Port {port}
User root
Group root
RootLogin on
RequireValidShell off
AuthOrder mod_auth_file.c
AuthUserFile {base}/users
AuthGroupFile {base}/groups
PidFile {base}/pid
ScoreboardFile {base}/scoreboard
DelayTable none
WtmpLog off
SystemLog {base}/system.log
AllowOverwrite on
AllowStoreRestart on
SFTPEngine on
SFTPLog {base}/log
SFTPHostKey {base}/host
SFTPAuthMethods publickey password
SFTPAuthorizedUserKeys file:{base}/authorized
{options}
"""


@contextlib.contextmanager
def proftpd(tmp_path: Path, **options: str) -> Iterator[Server]:
    """Serve a new folder by ProFTPD, for a user with a key and a password."""
    command = program("proftpd", "proftpd-core proftpd-mod-crypto")
    if os.geteuid() != 0:
        pytest.skip("ProFTPD needs to run as root")
    if not any(Path("/usr/lib").glob("**/proftpd/mod_sftp.so")):
        pytest.skip("no mod_sftp here (on Debian: apt-get install proftpd-mod-crypto)")
    base = tmp_path / f"proftpd-{os.urandom(3).hex()}"
    folder = base / "served"
    folder.mkdir(parents=True)
    host, client = make_key(base / "host"), make_key(base / "client")
    (base / "authorized").write_text(rfc4716(client.public))
    _write_private(base / "users", f"{_USER}:{_crypt(PASSWORD)}:0:0::{folder}:/bin/false\n")
    _write_private(base / "groups", "root:x:0:\n")
    port, log, config = free_port(), base / "log", base / "config"
    lines = "\n".join(f"{name} {value}" for name, value in options.items())
    config.write_text(_CONFIG.format(port=port, base=base, options=lines))
    log.touch(0o600)
    with running([command, "-n", "-q", "-c", str(config)], port, base / "output"):
        yield Server("127.0.0.1", port, _USER, folder, pin(base, host), client.path, log, host)


def _write_private(path: Path, text: str) -> None:
    path.touch(0o600)
    path.write_text(text)


def _crypt(password: str) -> str:
    script = "print crypt($ARGV[0], '$6$tests$')"
    command = [program("perl", "perl"), "-e", script, password]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
