"""What a client needs: keys, known_hosts, the ledger's key and `iepbridge.toml`; made once."""

import base64
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import paramiko
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from iepbridge.sandbox.grounds import Grounds
from iepbridge.sandbox.ssh_server import HOST, USER
from iepbridge.sandbox.systems import SYSTEMS, System

SENDER: Final = "GCWS"
"""Who the client is in the envelopes of the configuration that is written."""

_HOST_KEY: Final = "host_ed25519"
_CLIENT_KEY: Final = "client_ed25519"
_PORT: Final = re.compile(rf"(sftp://{USER}@{re.escape(HOST)}:)[0-9]+(/)")
_HEAD: Final = """\
# The sandbox's side of the feeds: run `iepbridge` here. Made once; only ports are kept up to date.
[ledger]
url = "sqlite:///iepbridge.db"
key = { file = "ledger.key" }
"""
_ENDPOINT: Final = """
[endpoints.{name}]
url = "sftp://{user}@{host}:{port}/{state}/{folder}"
host_keys = "known_hosts"
private_key = {{ file = "keys/{key}" }}
retry_wait_seconds = 0.1
settle_seconds = 0.2                      # what the sandbox puts out is whole at once
test = true
"""
_ARCHIVE: Final = 'archive = "/{state}/archive"\n'
_FEEDS: Final = """
[feeds.{state}-plans]
direction = "out"
system = "{system}"
source = "plans/*.jsonl"
endpoint = "{state}"
sender = "{sender}"
receiver = "{receiver}"
acknowledgements = "{state}-acks"

[feeds.{state}-acks]
direction = "acks"
system = "{system}"
endpoint = "{state}-out"
pattern = "{answers}"

[feeds.{state}-in]
direction = "in"
system = "{system}"
endpoint = "{state}-out"
receiver = "{sender}"
pattern = "{files}"
destination = "received"
"""


def keys(grounds: Grounds) -> tuple[paramiko.PKey, paramiko.PKey]:
    """Give the server's key and the client's, made at the first time."""
    host, client = (_key(grounds.keys / name) for name in (_HOST_KEY, _CLIENT_KEY))
    pin = f"[{HOST}]:* {host.get_name()} {host.get_base64()}\n"
    (grounds.root / "known_hosts").write_text(pin, "ascii")
    return host, client


def _key(path: Path) -> paramiko.PKey:
    if not path.exists():
        private = ed25519.Ed25519PrivateKey.generate()
        content = private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.OpenSSH,
            serialization.NoEncryption(),
        )
        _write_secret(path, content)
    return paramiko.Ed25519Key.from_private_key_file(str(path))


def _write_secret(path: Path, content: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123  0600 from the start
        file.write(content)


def configuration(grounds: Grounds, port: int) -> Path:
    """Write the ledger's key and the configuration where there is none; else mend its ports."""
    root = grounds.root
    if not (root / "ledger.key").exists():
        key = base64.b64encode(secrets.token_bytes(32)).decode()
        _write_secret(root / "ledger.key", f"1:{key}\n".encode())
    for folder in ("plans", "received"):
        (root / folder).mkdir(mode=0o700, exist_ok=True)
    path = root / "iepbridge.toml"
    if path.exists():
        text = _PORT.sub(rf"\g<1>{port}\g<2>", path.read_text("utf-8"))
    else:
        text = "".join((_HEAD, *_tables(port)))
    path.write_text(text, "utf-8")
    return path


def _tables(port: int) -> Iterator[str]:
    for system in SYSTEMS.values():
        yield _endpoint(system.state, system, "inbound", port)
        yield _endpoint(f"{system.state}-out", system, "outbound", port)
        yield _ARCHIVE.format(state=system.state)
    for system in SYSTEMS.values():
        yield _FEEDS.format(
            state=system.state,
            system=system.name,
            sender=SENDER,
            receiver=system.receiver,
            answers=system.answer_pattern,
            files=system.pattern,
        )


def _endpoint(name: str, system: System, folder: str, port: int) -> str:
    about = {"name": name, "state": system.state, "folder": folder, "key": _CLIENT_KEY}
    return _ENDPOINT.format(**about, user=USER, host=HOST, port=port)
