"""Whatever is damaged in a configuration, it is told by line; no traceback, and no value."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.settings.conftest import WHOLE, write

from iepbridge.errors import Misuse
from iepbridge.settings import load_settings

LINES = WHOLE.splitlines()
KEYED = [number for number, line in enumerate(LINES) if " = " in line]
SENTINEL = "S3NTINEL"
SECRETS = ("key", "password", "passphrase", "private_key", "sign_with", "decrypt_with")
ASKED_BY_OTHERS = ("url", "direction", "system", "encrypt_to")
"""Keys whose value may be right by itself, and wrong for other keys."""
VALUES = [
    f'"{SENTINEL}"',
    f'{{ value = "{SENTINEL}" }}',
    f'["{SENTINEL}", 7]',
    f'{{ env = "{SENTINEL}=", file = 3 }}',
    "-7",
    "1e400",
    "true",
    "1979-05-27T07:32:00",
    "[]",
    "{}",
    '""',
    '"\\u0000"',
    f'"sftp://feed:{SENTINEL}@host/x"',
    f'"postgresql://u:{SENTINEL}@h/d"',
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damaged")


def load(folder: Path, text: str) -> list[str] | None:
    """Give what is said of a text, None where nothing is."""
    path = write(folder, text.encode("utf-8", "surrogatepass"))
    try:
        load_settings(str(path), {}, folder)
    except Misuse as error:
        said = str(error).split("\n")
        assert all(line.startswith(f"{path}:") for line in said)
        return [line.removeprefix(f"{path}:") for line in said]
    return None


def test_the_configuration_is_right_before_it_is_damaged(folder: Path) -> None:
    assert load(folder, WHOLE) is None


@pytest.mark.parametrize("number", KEYED)
def test_a_value_that_is_wrong_is_told_on_its_line(folder: Path, number: int) -> None:
    key = LINES[number].partition(" = ")[0]
    for value in VALUES:
        lines = [*LINES[:number], f"{key} = {value}", *LINES[number + 1 :]]
        said = load(folder, "\n".join(lines))
        if said is None:
            assert key not in SECRETS, value
            continue
        assert SENTINEL not in "".join(said) or key == "overlay"
        told = {line.partition(":")[0] for line in said}
        assert str(number + 1) in told or key in ASKED_BY_OTHERS, value


@pytest.mark.parametrize("number", KEYED)
def test_a_key_that_is_not_known_is_told_with_the_one_meant(folder: Path, number: int) -> None:
    key, _, value = LINES[number].partition(" = ")
    lines = [*LINES[:number], f"{key}x = {value}", *LINES[number + 1 :]]
    said = load(folder, "\n".join(lines))
    assert said is not None
    told = [line for line in said if line.startswith(f"{number + 1}: ")]
    assert told[0].endswith(f".{key}x: no such key; did you mean `{key}`?")


@pytest.mark.parametrize("number", range(len(LINES)))
def test_a_line_that_is_missing_is_fine_or_told(folder: Path, number: int) -> None:
    said = load(folder, "\n".join([*LINES[:number], *LINES[number + 1 :]]))
    assert said is None or all(line[0].isdigit() for line in said)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.integers(0, len(WHOLE)),
    length=st.integers(0, 30),
    put=st.text(max_size=8) | st.sampled_from(["[", "]", '"', "=", "\n", "\r", "\\u0000", "[["]),
)
def test_any_single_damage_is_fine_or_told_by_line(
    folder: Path, at: int, length: int, put: str
) -> None:
    text = WHOLE[:at] + put + WHOLE[at + length :]
    said = load(folder, text)
    assert said is None or all(line.partition(":")[0].isdigit() for line in said)


SOME = st.sampled_from(["1", "-1", "1.5", "true", f'"{SENTINEL}"', '"file:x"', "[]", "{}"])
KEYS = sorted({LINES[number].partition(" = ")[0] for number in KEYED} | {"name", "x.y"})
HEADERS = ["ledger", "mappings", "policy", "endpoints", "feeds", "endpoints.a", "feeds.b", "other"]


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(HEADERS),
            st.dictionaries(st.sampled_from(KEYS), SOME, max_size=6),
        ),
        max_size=5,
        unique_by=lambda one: one[0],
    )
)
def test_any_tables_are_read_or_told_by_line(
    folder: Path, tables: list[tuple[str, dict[str, str]]]
) -> None:
    lines = []
    for header, keys in tables:
        lines += [f"[{header}]", *(f"{key} = {value}" for key, value in keys.items())]
    text = "\n".join(lines)
    said = load(folder, text)
    for line in said or ():
        number = int(line.partition(":")[0])
        assert 1 <= number <= len(lines)
        assert SENTINEL not in line or "overlay" in line
