"""The ledger of a configuration: only with a key, and where the configuration says."""

from pathlib import Path

import pytest
from tests.servers.ledgers import KEY, Hands

from iepbridge.errors import Misuse
from iepbridge.ledger import open_ledger
from iepbridge.ledger.instants import instant, later, moment
from iepbridge.settings import LedgerSettings, load_settings


def settings(folder: Path, text: str) -> LedgerSettings:
    (folder / "iepbridge.toml").write_text(f"[ledger]\n{text}")
    return load_settings(None, {"KEY": KEY, "NO_KEY": "secret"}, folder).ledger


def test_it_lies_beside_the_configuration(tmp_path: Path, clock: Hands) -> None:
    own = settings(tmp_path, 'url = "sqlite:///data/own.db"\nkey = { env = "KEY" }')
    with open_ledger(own, clock=clock) as ledger, ledger.writing() as tx:
        assert ledger.keyring.ids == ("test",)
        assert tx.now.startswith("2026-11-02T02:00:00.")
    assert (tmp_path / "data" / "own.db").is_file()


def test_without_a_key_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match=r"\[ledger\] key is missing.*openssl rand -base64 32"):
        open_ledger(settings(tmp_path, ""))
    assert not (tmp_path / "iepbridge.db").exists()


def test_a_key_that_is_none_is_refused_and_not_shown(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match=r"\[ledger\] key: entry 1 is not") as refused:
        open_ledger(settings(tmp_path, 'key = { env = "NO_KEY" }'))
    assert "secret" not in str(refused.value)


def test_only_what_is_there_is_opened_where_none_is_to_be_made(tmp_path: Path) -> None:
    own = settings(tmp_path, 'key = { env = "KEY" }')
    with pytest.raises(Misuse, match="there is no ledger yet"):
        open_ledger(own, new=False)
    open_ledger(own).close()
    open_ledger(own, new=False).close()


def test_instants_sort_as_they_read(clock: Hands) -> None:
    text = instant(clock())
    assert instant(moment(text)) == text
    assert text < later(text, 0.000001) < later(text, 1) < later(text, 86_400)
    assert len(text) == 27
    with pytest.raises(ValueError, match="no instant"):
        instant(moment(text).replace(tzinfo=None))
