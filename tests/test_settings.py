"""The configuration file: where it is found, and mistakes by file and line."""

from pathlib import Path

import pytest

from iepbridge.errors import Misuse
from iepbridge.settings import Settings, load_settings


def write(folder: Path, text: str | bytes, name: str = "iepbridge.toml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


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


def test_tables_of_other_commands_are_left_alone(tmp_path: Path) -> None:
    write(tmp_path, '\ufeff[feeds.texas]\nsystem = "twist"\n[mappings]\n')
    assert load_settings(None, {}, tmp_path) == Settings(())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[mappings]\noverlay = [", ":2: not valid TOML"),
        ("[mappings]\n\noverlay == 1", ":3: not valid TOML"),
        ("[mappings]\n# overlay\noverlay = 'x'", ":3: overlay is a list of folders"),
        ("[mappings]\noverlay = [1]", ":2: overlay is a list of folders"),
        ("[mappings]\noverlay = [\n 'here',\n 'gone']", ":4: the overlay folder"),
        ("[mappings]\noverlays = []", ":2: `mappings` has no key `overlays`; did you mean"),
        ("\nmappings = 3", ":2: `mappings` is a table"),
        (b"[mappings]\n# \xff", ":2: this is not UTF-8"),
    ],
)
def test_mistakes_are_told_by_file_and_line(
    tmp_path: Path, text: str | bytes, expected: str
) -> None:
    (tmp_path / "here").mkdir()
    path = write(tmp_path, text)
    with pytest.raises(Misuse) as caught:
        load_settings(None, {}, tmp_path)
    assert str(caught.value).startswith(f"{path}{expected}")


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match=r"gone\.toml: not found.*--config"):
        load_settings(str(tmp_path / "gone.toml"), {}, tmp_path)
    with pytest.raises(Misuse, match="--config"):
        load_settings(str(tmp_path), {}, tmp_path)
