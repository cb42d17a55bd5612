"""The folders under plugins/ are the entry points, the wheel's packages and the linter's roots."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def systems(repository: Path) -> set[str]:
    return {folder.name for folder in (repository / "plugins").iterdir() if folder.is_dir()}


def test_each_plugin_has_its_entry_point(systems: set[str], pyproject: dict[str, Any]) -> None:
    entry_points = pyproject["project"]["entry-points"]["iepbridge"]
    assert entry_points == {system: f"iepbridge_{system}" for system in systems}


def test_each_plugin_is_one_package(systems: set[str], repository: Path) -> None:
    for system in systems:
        packages = (repository / "plugins" / system).glob("*/__init__.py")
        assert [package.parent.name for package in packages] == [f"iepbridge_{system}"]


def test_the_wheel_holds_core_mappings_and_each_plugin(
    systems: set[str], pyproject: dict[str, Any]
) -> None:
    wheel = pyproject["tool"]["hatch"]["build"]["targets"]["wheel"]
    plugins = [f"plugins/{system}/iepbridge_{system}" for system in sorted(systems)]
    assert wheel["packages"] == ["core/iepbridge", "mappings", *plugins]


def test_import_contracts_cover_each_plugin(systems: set[str], pyproject: dict[str, Any]) -> None:
    linter = pyproject["tool"]["importlinter"]
    plugins = {f"iepbridge_{system}" for system in systems}
    assert set(linter["root_packages"]) == {"iepbridge", *plugins}
    for contract in linter["contracts"]:
        lists = [named for named in contract.values() if isinstance(named, list)]
        for named in map(plugins.intersection, lists):
            assert not named or named == plugins, contract["name"]


def test_each_plugin_tells_about_itself(systems: set[str], repository: Path) -> None:
    missing = [
        name for name in systems if not (repository / "plugins" / name / "README.md").exists()
    ]
    assert not missing, f"no plugins/NAME/README.md for {missing}"
