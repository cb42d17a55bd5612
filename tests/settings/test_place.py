"""URLs of endpoints and of the ledger, taken apart; what is wrong is said without the URL."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from iepbridge.errors import Misuse
from iepbridge.settings import EndpointSettings, LedgerSettings, Secret
from iepbridge.settings.ledger import located
from iepbridge.settings.place import Place, place_of

HERE = Path("/etc/bridge")


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("sftp://feed@host", Place("sftp", "/", "feed", "host", 22)),
        ("sftp://feed@host/", Place("sftp", "/", "feed", "host", 22)),
        ("sftp://feed@Host.Ex:2222/in/to/", Place("sftp", "/in/to", "feed", "host.ex", 2222)),
        ("sftp://feed@[::1]:2222/in", Place("sftp", "/in", "feed", "::1", 2222)),
        ("sftp://a%40b@host/with%20space%23", Place("sftp", "/with space#", "a@b", "host", 22)),
        ("sftp://feed@host/~/in/bound", Place("sftp", "in/bound", "feed", "host", 22)),
        ("sftp://feed@host/~/", Place("sftp", ".", "feed", "host", 22)),
        ("sftp://feed@host/~", Place("sftp", ".", "feed", "host", 22)),
        ("file:missouri", Place("folder", "/etc/bridge/missouri", path=HERE / "missouri")),
        ("file:a%20b", Place("folder", "/etc/bridge/a b", path=HERE / "a b")),
        ("file:/srv/in", Place("folder", "/srv/in", path=Path("/srv/in"))),
        ("file:///srv/in", Place("folder", "/srv/in", path=Path("/srv/in"))),
        ("file://localhost/srv/in", Place("folder", "/srv/in", path=Path("/srv/in"))),
    ],
)  # fmt: skip
def test_an_endpoint_is_where_its_url_says(url: str, place: Place) -> None:
    assert place_of(url, HERE) == place


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sftp://feed:S3NTINEL@host/in", "a password never stands in a URL"),
        ("sftp://feed:@host/in", "a password never stands in a URL"),
        ("sftp://host/in", "the user is missing"),
        ("sftp://feed@/in", "the host is missing"),
        ("sftp://feed@ho_st*/in", "no host's name"),
        ("sftp://feed@host:0/in", "a port from 1 to 65535"),
        ("sftp://feed@host:65536/in", "a port from 1 to 65535"),
        ("sftp://feed@host:ssh/in", "a port from 1 to 65535"),
        ("sftp://feed@[::1/in", "a port from"),
        ("sftp://feed@host/in?x=1", "nothing behind the folder"),
        ("sftp://feed@host/in#", "nothing behind the folder"),
        ("sftp://feed@host/a b", "spaces written as %20"),
        ("sftp://feed@host/a\nb", "spaces written as %20"),
        ("sftp://feed@host/a%0Ab", "without control characters"),
        ("sftp://feed@host/%ff", "in UTF-8"),
        ("ftp://feed@host/in", 'expected "sftp://USER@HOST/FOLDER" or "file:FOLDER"'),
        ("missouri", "expected"),
        ("file:", "expected the path"),
        ("file://other/srv", "expected"),
    ],
)
def test_what_is_wrong_with_a_url_is_said_without_it(url: str, expected: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        place_of(url, HERE)
    assert expected in str(caught.value)
    assert "S3NTINEL" not in str(caught.value)


@given(st.text(max_size=40) | st.text("sftp:/@[]%~.a1", max_size=25).map("sftp://u@h".__add__))
def test_any_text_is_a_place_or_refused(url: str) -> None:
    try:
        place = place_of(url, HERE)
    except ValueError:
        return
    assert place.folder
    assert not any(character < " " for character in place.folder + place.user + place.host)


def test_an_endpoint_gives_the_parts_of_its_url() -> None:
    own = EndpointSettings(name="texas", url="sftp://feed@host:2222/in", archive="done")
    parts = (own.kind, own.user, own.host, own.port, own.folder, own.archive)
    assert parts == ("sftp", "feed", "host", 2222, "/in", "/in/done")
    folder = EndpointSettings(name="here", url="file:/srv/in", archive="/srv/done")
    assert (folder.kind, folder.path, folder.archive) == ("folder", Path("/srv/in"), "/srv/done")


@pytest.mark.parametrize("archive", [".", "/in", "../in", "/in/x/..", ""])
def test_an_archive_is_another_folder(archive: str) -> None:
    with pytest.raises(ValidationError):
        EndpointSettings(name="texas", url="sftp://feed@host:2222/in", archive=archive)


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("sqlite:///a.db", "sqlite:////etc/bridge/a.db"),
        ("sqlite:///data/a.db", "sqlite:////etc/bridge/data/a.db"),
        ("sqlite:////srv/a.db", "sqlite:////srv/a.db"),
        ("postgresql://u@h/iep", "postgresql+psycopg://u@h/iep"),
        ("postgresql+psycopg://u@h:5433/iep?x=1", "postgresql+psycopg://u@h:5433/iep?x=1"),
        ("postgresql:///iep?host=/run/postgresql", "postgresql+psycopg:///iep?host=/run/postgresql"),
    ],
)  # fmt: skip
def test_a_database_is_where_its_url_says(url: str, whole: str) -> None:
    assert located(url, HERE) == whole


@pytest.mark.parametrize(
    "url",
    [
        *("sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite:///data/", "sqlite:///file:a"),
        *("sqlite:///a.db?mode=memory", "sqlite:///a\n.db"),
        *("mysql://u@h/iep", "postgresql+asyncpg://u@h/iep", "postgresql://u@h", "iepbridge.db"),
        *("postgresql://u@h:x/iep", "postgresql://[/iep", ""),
    ],
)
def test_what_is_no_ledger_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        located(url, HERE)
    with pytest.raises(ValidationError):
        LedgerSettings.model_validate({"url": url})


@pytest.mark.parametrize(
    "url", ["postgresql://u:S3NTINEL@h/iep", "postgresql://u@h/iep?sslpassword=S3NTINEL"]
)
def test_a_password_in_the_ledgers_url_is_refused_but_behind_a_reference(url: str) -> None:
    with pytest.raises(ValidationError) as caught:
        LedgerSettings.model_validate({"url": url})
    assert "S3NTINEL" not in str(caught.value)
    behind = LedgerSettings(url=Secret("env", "URL", "ledger.url", {"URL": url}))
    assert "S3NTINEL" in behind.database_url()
    assert "S3NTINEL" not in repr(behind)


def test_a_reference_to_no_database_is_told_without_its_value() -> None:
    ledger = LedgerSettings(url=Secret("env", "URL", "ledger.url", {"URL": "S3NTINEL"}))
    with pytest.raises(Misuse, match=r'ledger\.url: \{ env = "URL" \}: expected') as caught:
        ledger.database_url()
    assert "S3NTINEL" not in str(caught.value)
