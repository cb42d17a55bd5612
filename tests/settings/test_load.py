"""The configuration file: where it is found, and mistakes by file and line."""

from pathlib import Path

import pytest
from tests.settings.conftest import WHOLE, write

from iepbridge.errors import Misuse
from iepbridge.settings import Settings, load_settings


def test_without_a_file_nothing_is_set(tmp_path: Path) -> None:
    assert load_settings(None, {}, tmp_path) == Settings(())


def test_the_command_line_wins_over_the_environment_over_the_folder(tmp_path: Path) -> None:
    for name in ("first", "second", "third"):
        (tmp_path / name).mkdir()
    named = write(tmp_path, '[mappings]\noverlay = ["first"]', "a.toml")
    other = write(tmp_path, '[mappings]\noverlay = ["second"]', "b.toml")
    write(tmp_path, '[mappings]\noverlay = ["third"]')
    environment = {"IEPBRIDGE_CONFIG": str(other)}
    assert load_settings(str(named), environment, tmp_path).overlays == (tmp_path / "first",)
    assert load_settings(None, environment, tmp_path).overlays == (tmp_path / "second",)
    assert load_settings(None, {}, tmp_path).overlays == (tmp_path / "third",)


def test_overlays_are_relative_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "etc" / "mine").mkdir(parents=True)
    named = write(tmp_path / "etc", 'mappings.overlay = ["mine"]')
    assert load_settings(str(named), {}, tmp_path).overlays == (tmp_path / "etc" / "mine",)


def test_a_byte_order_mark_and_empty_tables_are_fine(tmp_path: Path) -> None:
    path = write(tmp_path, "\ufeff[feeds]\n[mappings]\r\n[ledger]\n")
    settings = load_settings(None, {}, tmp_path)
    assert (settings.path, settings.feeds, settings.overlays) == (path, {}, ())
    assert settings.ledger.database_url() == f"sqlite:///{tmp_path}/iepbridge.db"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[mappings]\noverlay = [", ":2: not valid TOML"),
        ("[mappings]\n\noverlay == 1", ":3: not valid TOML"),
        ("[mappings]\n# overlay\noverlay = 'x'", ":3: mappings.overlay: expected a list"),
        ("[mappings]\noverlay = [1]", ":2: mappings.overlay[0]: expected the path of a"),
        ("[mappings]\noverlay = [\n 'here',\n 'gone']", ":4: mappings.overlay[1]: the overlay"),
        (
            "[mappings]\noverlays = []",
            ":2: mappings.overlays: no such key; did you mean",
        ),
        ("\nmappings = 3", ":2: mappings: expected a table: [mappings]"),
        (b"[mappings]\n# \xff", ":2: this is not UTF-8"),
        ("x = " + "[" * 5000, ":1: not valid TOML: brackets too deep"),
        ("[ledger]\nretention_days = " + "9" * 5000, ":1: not valid TOML"),
    ],
)
def test_mistakes_are_told_by_file_line_and_key(
    tmp_path: Path, text: str | bytes, expected: str
) -> None:
    (tmp_path / "here").mkdir()
    path = write(tmp_path, text)
    with pytest.raises(Misuse) as caught:
        load_settings(None, {}, tmp_path)
    assert str(caught.value).startswith(f"{path}{expected}")


def test_every_table_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, WHOLE)
    settings = load_settings(None, {}, tmp_path)
    assert settings.path == path
    assert settings.overlays == (tmp_path / "local-mappings",)
    assert (settings.severity, settings.iep_activity_days) == ({"IN-02": "warning"}, 7)
    assert list(settings.endpoints) == ["bastion", "texas", "texas-out", "missouri"]
    assert list(settings.feeds) == ["texas-plans", "texas-acks", "missouri-in"]
    assert settings.feed("texas-plans").name == "texas-plans"
    assert settings.endpoint("texas").name == "texas"


def test_a_name_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    write(tmp_path, WHOLE)
    settings = load_settings(None, {}, tmp_path)
    with pytest.raises(Misuse, match="no feed 'texas-plan'; did you mean 'texas-plans'"):
        settings.feed("texas-plan")
    with pytest.raises(Misuse, match=r"no endpoint 'x'; .*bastion, texas, texas-out"):
        settings.endpoint("x")
    with pytest.raises(Misuse, match="no feed 'x'; there is no configuration"):
        Settings().feed("x")


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match=r"gone\.toml: not found.*--config"):
        load_settings(str(tmp_path / "gone.toml"), {}, tmp_path)
    with pytest.raises(Misuse, match="--config"):
        load_settings(str(tmp_path), {}, tmp_path)
