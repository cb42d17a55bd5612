"""Secrets: read at use, masked everywhere, missing ones told by key and reference."""

import os
from pathlib import Path

import pytest

from iepbridge.errors import Misuse
from iepbridge.settings import Secret, load_settings

CLEAR = "S3NTINEL"


def test_a_variable_is_read_when_it_is_used() -> None:
    environ: dict[str, str] = {}
    secret = Secret("env", "A_PASSWORD", "endpoints.texas.password", environ)
    with pytest.raises(Misuse) as caught:
        secret.text()
    told = 'endpoints.texas.password: { env = "A_PASSWORD" } names a variable that is not set'
    assert str(caught.value).startswith(told)
    environ["A_PASSWORD"] = CLEAR
    assert (secret.text(), secret.data()) == (CLEAR, CLEAR.encode())


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"S3NTINEL", "S3NTINEL"),
        (b"S3NTINEL\n", "S3NTINEL"),
        (b"S3NTINEL\r\n", "S3NTINEL"),
        (b"S3NTINEL\n\n", "S3NTINEL\n"),
        (b" S3NTINEL ", " S3NTINEL "),
    ],
)
def test_a_file_gives_text_without_its_last_newline(
    tmp_path: Path, content: bytes, text: str
) -> None:
    path = tmp_path / "secret"
    path.write_bytes(content)
    secret = Secret.of_file(path)
    assert (secret.text(), secret.data()) == (text, content)


def test_plain_text_is_given_as_it_is() -> None:
    assert Secret.plain("sqlite:///a.db\n").text() == "sqlite:///a.db\n"


def test_a_secret_is_masked_wherever_it_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_PASSWORD", CLEAR)
    for secret in (Secret.plain(CLEAR), Secret.of_variable("A_PASSWORD")):
        assert secret.text() == CLEAR
        for shown in (repr(secret), str(secret), f"{secret}", secret.told, repr([secret])):
            assert CLEAR not in shown


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"\xff\xfe", "does not hold text in UTF-8"),
        (b"x" * (2**20 + 1), "is larger than 1 MiB"),
    ],
)
def test_a_file_that_holds_no_secret_is_told(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "secret"
    path.write_bytes(content)
    with pytest.raises(Misuse) as caught:
        Secret.of_file(path, "ledger.key").text()
    assert str(caught.value).startswith(f'ledger.key: {{ file = "{path}" }} {expected}')


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="names a file that is not there"):
        Secret.of_file(tmp_path / "gone").data()
    with pytest.raises(Misuse, match="is not a file"):
        Secret.of_file(tmp_path).data()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Misuse, match="is not a file"):
        Secret.of_file(tmp_path / "pipe").data()
    with pytest.raises(Misuse, match=r"cannot be read|is not there"):
        Secret.of_file(tmp_path / ("x" * 300)).data()


def test_an_empty_variable_is_no_secret() -> None:
    with pytest.raises(Misuse, match="is empty"):
        Secret("env", "A_PASSWORD", "", {"A_PASSWORD": ""}).text()


def test_the_configuration_names_the_key_and_the_file_of_a_secret(tmp_path: Path) -> None:
    (tmp_path / "own.key").write_text(f"{CLEAR}\n")
    text = '[ledger]\nkey = { file = "own.key" }\nurl = { env = "LEDGER_URL" }\n'
    (tmp_path / "iepbridge.toml").write_text(text)
    ledger = load_settings(None, {"LEDGER_URL": "sqlite:///a.db"}, tmp_path).ledger
    assert ledger.key is not None
    assert ledger.key.text() == CLEAR
    assert (ledger.key.key, ledger.key.reference) == ("ledger.key", str(tmp_path / "own.key"))
    assert ledger.database_url() == f"sqlite:///{tmp_path}/a.db"
    assert CLEAR not in repr(ledger)
