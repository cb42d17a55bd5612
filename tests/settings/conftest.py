"""A configuration with a key of every kind, and what is said of one that is wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest

from iepbridge.errors import Misuse
from iepbridge.settings import load_settings

Told = Callable[[str], list[str]]

WHOLE = """\
[ledger]
url = "sqlite:///state/iepbridge.db"
key = { env = "IEPBRIDGE_KEY" }
retention_days = 400
lease_seconds = 60

[mappings]
overlay = ["local-mappings"]

[policy]
severity = { "IN-02" = "warning" }
iep_activity_days = 7

[endpoints.bastion]
url = "sftp://gate@bastion.example:22/"
host_keys = "known_hosts"
agent = true

[endpoints.texas]
url = "sftp://feed@127.0.0.1:2222/inbound"
host_keys = "known_hosts"
private_key = { file = "keys/texas_ed25519" }
passphrase = { env = "TEXAS_PASSPHRASE" }
certificate = "keys/texas_ed25519-cert.pub"
jump = "bastion"
retries = 5
retry_wait_seconds = 0.5
settle_seconds = 0
marker = ".done"
archive = "archive"
upload = "direct"
verify = "size"
credentials_expire = 2027-01-31

[endpoints.texas-out]
url = "sftp://feed@[::1]/~/outbound"
host_keys = "known_hosts"
password = { env = "TEXAS_PASSWORD" }
delete = true

[endpoints.missouri]
url = "file:missouri"

[feeds.texas-plans]
direction = "out"
system = "twist"
source = "plans/*.jsonl"
endpoint = "texas"
sender = "GCWS"
receiver = "TWC"
schedule = "0 2 * * 1-5"
timezone = "America/Chicago"
acknowledgements = "texas-acks"
batch_size = 100
encrypt_to = ["keys/twc.asc", "keys/audit.asc"]
sign_with = { file = "keys/own.asc" }
sign_passphrase = { env = "OWN_PASSPHRASE" }
armor = true
calendar = "us-federal"
holidays = [2026-12-24, "2026-12-31"]
missing_grace_minutes = 30
acknowledge_within_hours = 48
quiet_days = 5

[feeds.texas-acks]
direction = "acks"
system = "twist"
endpoint = "texas-out"
pattern = "*.ack.xml"
decrypt_with = { file = "keys/own.asc" }
verify_with = "keys/twc.asc"

[feeds.missouri-in]
direction = "in"
system = "toolbox"
endpoint = "missouri"
destination = "received/"
expects = "0 6 * * 1-5"
enabled = false
"""


def write(folder: Path, text: str | bytes, name: str = "iepbridge.toml") -> Path:
    """Write a configuration with its overlay folder beside it."""
    (folder / "local-mappings").mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.fixture
def told(tmp_path: Path) -> Told:
    """Give a function that loads a text and gives what is said of it, each line without its path.

    A line reads `LINE: what`.
    """

    def lines(text: str) -> list[str]:
        path = write(tmp_path, text)
        with pytest.raises(Misuse) as caught:
            load_settings(str(path), {}, tmp_path)
        said = str(caught.value).split("\n")
        assert all(line.startswith(f"{path}:") for line in said)
        return [line.removeprefix(f"{path}:") for line in said]

    return lines
