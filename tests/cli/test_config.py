"""`iepbridge config`: the schema, and everything that is wrong with a configuration."""

import base64
import datetime
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.cli.conftest import Run

from iepbridge.cli.config_audit import audit
from iepbridge.registry import load_registry
from iepbridge.settings import configuration_schema, examine

KEY = f"first:{base64.b64encode(bytes(range(32))).decode()}"
ENVIRON = {"IEPBRIDGE_KEY": KEY, "TEXAS_PASSPHRASE": "S3NTINEL"}

CONFIGURATION = """\
[ledger]
key = { env = "IEPBRIDGE_KEY" }

[endpoints.texas]
url = "sftp://feed@server.example:2222/inbound"
host_keys = "known_hosts"
private_key = { file = "texas_ed25519" }
passphrase = { env = "TEXAS_PASSPHRASE" }

[endpoints.here]
url = "file:here"

[feeds.out]
direction = "out"
system = "twist"
source = "here/*.jsonl"
endpoint = "texas"
sender = "GCWS"
receiver = "TWC"

[feeds.in]
direction = "in"
system = "toolbox"
endpoint = "here"
destination = "here"
"""

Audited = Callable[..., list[str]]


def private_key(passphrase: bytes) -> bytes:
    locked = serialization.BestAvailableEncryption(passphrase)
    form = serialization.PrivateFormat.OpenSSH
    return Ed25519PrivateKey.generate().private_bytes(serialization.Encoding.PEM, form, locked)


def host_key() -> str:
    form = serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    return Ed25519PrivateKey.generate().public_key().public_bytes(*form).decode()


@pytest.fixture
def right(tmp_path: Path) -> Path:
    """Make a configuration that is right, with all that it refers to; give its path."""
    (tmp_path / "here").mkdir()
    (tmp_path / "known_hosts").write_text(f"[server.example]:2222 {host_key()}\n")
    (tmp_path / "texas_ed25519").write_bytes(private_key(b"S3NTINEL"))
    for name, mode in (("known_hosts", 0o644), ("texas_ed25519", 0o600)):
        (tmp_path / name).chmod(mode)
    path = tmp_path / "iepbridge.toml"
    path.write_text(CONFIGURATION)
    return path


@pytest.fixture
def audited(right: Path) -> Audited:
    """Give a function that puts text into the configuration, and gives what is said of it."""

    def lines(old: str = "", new: str = "", environ: dict[str, str] = ENVIRON) -> list[str]:
        assert old in CONFIGURATION
        right.write_text(CONFIGURATION.replace(old, new) if old else CONFIGURATION)
        examined = examine(right, environ)
        assert not examined.mistakes
        found = [one.told(right) for one in audit(examined, load_registry())]
        assert not [line for line in found if "S3NTINEL" in line]
        return [line.removeprefix(f"{right}:") for line in found]

    return lines


def test_a_configuration_without_mistakes_is_one_line(run: Run, right: Path) -> None:
    done = run("config", "check", env=ENVIRON)
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        b"2 endpoints, 2 feeds: no mistakes\n",
        b"",
    )
    done = run("config", "check", "--json", "--config", str(right), env=ENVIRON)
    assert (done.returncode, done.stdout) == (0, b"")


def test_mistakes_and_warnings_are_told_by_line(run: Run, right: Path) -> None:
    (right.parent / "known_hosts").chmod(0o666)
    right.write_text(f"{CONFIGURATION}enabledd = true\n")
    done = run("config", "check")
    assert done.returncode == 2
    said = [line.removeprefix(f"{right}:") for line in done.stdout.decode().splitlines()]
    assert said[0].startswith('2: ledger.key: { env = "IEPBRIDGE_KEY" } names a variable')
    assert said[1].startswith("6: warning: endpoints.texas.host_keys: others may write to")
    assert said[2].startswith("8: endpoints.texas.passphrase:")
    assert said[3].startswith("26: feeds.in.enabledd: no such key; did you mean `enabled`?")
    assert len(said) == 4


def test_json_has_a_line_for_each(run: Run, right: Path) -> None:
    (right.parent / "here").rmdir()
    done = run("config", "check", "--json", env={**ENVIRON, "TEXAS_PASSPHRASE": "wrong"})
    assert done.returncode == 2
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert {tuple(one) for one in found} == {("file", "line", "key", "severity", "message")}
    told = [(one["line"], one["key"], one["severity"]) for one in found]
    assert told == [
        (7, "endpoints.texas.private_key", "error"),
        (11, "endpoints.here.url", "warning"),
        (16, "feeds.out.source", "warning"),
    ]


def test_warnings_alone_end_well(run: Run, right: Path) -> None:
    (right.parent / "texas_ed25519").chmod(0o644)
    done = run("config", "check", env=ENVIRON)
    assert done.returncode == 0
    warning, summary = done.stdout.decode().splitlines()
    assert ":7: warning: endpoints.texas.private_key: others than its owner may use" in warning
    assert summary == "2 endpoints, 2 feeds: no mistakes, 1 warning"


def test_without_a_file_it_says_how_to_name_one(run: Run) -> None:
    done = run("config", "check")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"There is no iepbridge.toml here" in done.stderr
    assert b"--config" in done.stderr


def test_the_schema_is_printed_without_any_file(run: Run) -> None:
    done = run("config", "schema")
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout) == configuration_schema()


def test_nothing_is_said_of_what_is_right(audited: Audited) -> None:
    assert audited() == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"twist"', '"twits"', "15: feeds.out.system: There is no system 'twits' here."),
        ("[feeds.out]", "[policy.severity]\nTX-3 = 'off'\n[feeds.out]", "14: policy.severity"),
        ('"known_hosts"', '"none"', "6: endpoints.texas.host_keys: "),
        (":2222/", ":22/", "6: endpoints.texas.host_keys: "),
        ('"known_hosts"', '"texas_ed25519"', "6: endpoints.texas.host_keys: "),
        ('"texas_ed25519"', '"known_hosts"', "7: endpoints.texas.private_key: "),
        ('passphrase = { env = "TEXAS_PASSPHRASE" }', "", "7: endpoints.texas.private_key: "),
        ('key = { env = "IEPBRIDGE_KEY" }', "", "1: ledger.key: missing; what is kept of plans"),
        ("[ledger]", '[ledger]\nurl = { env = "IEPBRIDGE_KEY" }', "2: ledger.url: "),
        ("[ledger]", '[ledger]\nurl = { env = "NONE" }', "2: ledger.url: { env = "),
        ('"TWC"', '"TWC"\nencrypt_to = "known_hosts"', "20: feeds.out.encrypt_to: "),
        ('"TWC"', '"TWC"\nencrypt_to = [\n"a",\n"b"]', "22: feeds.out.encrypt_to[1]: "),
        (
            'destination = "here"',
            'destination = "here"\ndecrypt_with = { file = "gone" }\nverify_with = "gone"',
            "26: feeds.in.decrypt_with: ",
        ),
        (
            'destination = "here"',
            'destination = "here"\ndecrypt_with = { env = "IEPBRIDGE_KEY" }\nverify_with = "gone"',
            "27: feeds.in.verify_with: ",
        ),
    ],
)  # fmt: skip
def test_what_a_configuration_refers_to_is_read(
    audited: Audited, old: str, new: str, expected: str
) -> None:
    said = audited(old, new)
    assert any(line.startswith(expected) for line in said), said


def test_a_key_of_the_ledger_that_is_none_is_told_without_it(audited: Audited) -> None:
    said = audited(environ={**ENVIRON, "IEPBRIDGE_KEY": "first:S3NTINEL"})
    assert said[0].startswith("2: ledger.key: ")


def test_credentials_that_end_are_told_ahead(audited: Audited) -> None:
    today = datetime.datetime.now(datetime.UTC).date()
    for days, verb in ((-1, "ended"), (29, "end")):
        day = today + datetime.timedelta(days)
        (said,) = audited('"known_hosts"', f'"known_hosts"\ncredentials_expire = {day}')
        told = f"7: warning: endpoints.texas.credentials_expire: the credentials {verb} on {day}"
        assert said.startswith(told)
    far = today + datetime.timedelta(60)
    assert audited('"known_hosts"', f'"known_hosts"\ncredentials_expire = {far}') == []


def test_two_feeds_of_the_same_files_are_told(audited: Audited) -> None:
    feeds = CONFIGURATION[CONFIGURATION.index("[feeds.out]") :]
    again = feeds.replace("[feeds.out]", "[feeds.more]").replace("[feeds.in]", "[feeds.also]")
    said = audited("[feeds.in]", f"{again}\n[feeds.in]")
    assert [line.partition("; ")[0] for line in said] == [
        "21: warning: feeds.more: sends the same files as the feed `out`",
        "35: warning: feeds.in: reads the same files as the feed `also`",
    ]


def test_an_overlay_with_a_mistake_is_told(audited: Audited, right: Path) -> None:
    own = right.parent / "mine" / "twist"
    own.mkdir(parents=True)
    (own / "mapping.toml").write_text("[mapping]\n")
    said = audited("[ledger]", '[mappings]\noverlay = ["mine"]\n[ledger]')
    assert said[0].startswith("2: mappings.overlay: ")
    assert "mapping.toml:1" in said[0]
