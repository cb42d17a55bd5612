"""`iepbridge systems`: what is installed, a broken plugin among it."""

import hashlib
import json
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Run

from iepbridge.mapping.files import shipped_folder

SYSTEMS = sorted(point.name for point in entry_points(group="iepbridge"))


def rows(run: Run, *words: str, **more: Any) -> dict[str, dict[str, Any]]:
    done = run("systems", *words, **more)
    assert (done.returncode, done.stderr) == (0, b"")
    return {row["system"]: row for row in map(json.loads, done.stdout.splitlines())}


@pytest.fixture
def broken(tmp_path: Path) -> dict[str, str]:
    """Install a plugin that fails with a secret in its text; give the environment it is in."""
    site = tmp_path / "site"
    info = site / "some_ohio-1.2.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: some-ohio\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[iepbridge]\nohio = some_ohio\n")
    (site / "some_ohio.py").write_text("raise ValueError('SENTINEL')\n")
    return {"PYTHONPATH": str(site)}


def test_every_installed_system_is_listed(run: Run) -> None:
    found = rows(run)
    assert sorted(found) == SYSTEMS
    for name, row in found.items():
        assert row["state"] == "ready"
        assert name in row["reads"]
        assert row["release"]
        assert row["distribution"]
        assert row["version"]


def test_json_is_the_same_in_a_pipe(run: Run) -> None:
    assert rows(run, "--json") == rows(run)


def test_a_broken_plugin_is_shown_and_harms_no_other(run: Run, broken: dict[str, str]) -> None:
    found = rows(run, env=broken)
    assert sorted(found) == sorted([*SYSTEMS, "ohio"])
    assert found["ohio"]["state"] == "broken"
    assert found["ohio"]["distribution"] == "some-ohio"
    assert "ValueError" in found["ohio"]["reason"]
    assert "SENTINEL" not in found["ohio"]["reason"]


@pytest.mark.parametrize(
    "words",
    [
        ("systems", "show", "ohio"),
        ("translate", "--from", "ohio", "--to", "canonical", "-"),
        ("translate", "--to", "ohio", "--from", "canonical", "-"),
    ],
)
def test_using_a_broken_plugin_says_why_it_cannot_be(
    run: Run, broken: dict[str, str], words: tuple[str, ...]
) -> None:
    done = run(*words, env=broken)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"ohio" in done.stderr
    assert b"ValueError" in done.stderr
    assert b"SENTINEL" not in done.stderr


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_system_is_shown_with_the_digests_of_its_mapping(run: Run, system: str) -> None:
    row = rows(run, "show", system)[system]
    assert all(rule["id"] and rule["must"] and rule["clause"] for rule in row["rules"])
    assert row["rules"]
    assert row["mapping"]
    for file in row["mapping"]:
        content = Path(file["path"]).read_bytes()
        assert file["sha256"] == hashlib.sha256(content).hexdigest()


def test_an_overlay_is_seen_among_the_mapping_files(run: Run, tmp_path: Path) -> None:
    system = SYSTEMS[0]
    mine = tmp_path / "mine" / system / "codes.csv"
    mine.parent.mkdir(parents=True)
    mine.write_bytes((shipped_folder(system) / "codes.csv").read_bytes() + b"\n")
    (tmp_path / "iepbridge.toml").write_text('[mappings]\noverlay = ["mine"]\n')
    paths = [file["path"] for file in rows(run, "show", system)[system]["mapping"]]
    assert str(mine) in paths


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("show", "twixt"), b"did you mean 'twist'"),
        (("show",), b"show"),
        (("list",), b"show"),
        (("show", "twist", "toolbox"), b"show"),
    ],
)
def test_wrong_words_say_what_is_right(run: Run, words: tuple[str, ...], expected: bytes) -> None:
    done = run("systems", *words)
    assert (done.returncode, done.stdout) == (2, b"")
    assert expected in done.stderr
