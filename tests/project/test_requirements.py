"""The pinned requirements: a version and hashes for each, and nothing else."""

import re
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

FILES = ["runtime", "dev", "lock"]
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def pins(repository: Path, file: str) -> dict[str, tuple[Requirement, list[str]]]:
    """Read a requirements file: its pins by name, each with its hashes."""
    text = (repository / "requirements" / f"{file}.txt").read_text("utf-8")
    entries = [entry.split() for entry in text.replace("\\\n", " ").splitlines()]
    read = [(_requirement(words), _hashes(words)) for words in entries]
    assert len({requirement.name for requirement, _ in read}) == len(read)
    return {requirement.name: (requirement, hashes) for requirement, hashes in read}


def _requirement(words: list[str]) -> Requirement:
    return Requirement(" ".join(word for word in words if not word.startswith("--hash=")))


def _hashes(words: list[str]) -> list[str]:
    return [word for word in words if word.startswith("--hash=")]


@pytest.mark.parametrize("file", FILES)
def test_each_pin_is_one_version_with_its_hashes(repository: Path, file: str) -> None:
    for requirement, hashes in pins(repository, file).values():
        assert [part.operator for part in requirement.specifier] == ["=="], requirement
        assert not requirement.url
        assert hashes, requirement
        assert all(map(HASH.fullmatch, hashes)), requirement


def test_dev_and_runtime_agree(repository: Path) -> None:
    runtime, dev = pins(repository, "runtime"), pins(repository, "dev")
    differing = [name for name in runtime.keys() & dev.keys() if runtime[name] != dev[name]]
    assert not differing, f"`make lock` brings these together: {differing}"


@pytest.mark.parametrize("file", FILES)
def test_what_pyproject_asks_for_is_pinned(
    repository: Path, pyproject: dict[str, Any], file: str
) -> None:
    pinned = pins(repository, file)
    asked = {
        "runtime": pyproject["project"]["dependencies"],
        "dev": [*pyproject["dependency-groups"]["dev"], *pyproject["build-system"]["requires"]],
        "lock": pyproject["dependency-groups"]["lock"],
    }[file]
    for requirement in map(Requirement, asked):
        assert requirement.name in pinned, f"run `make lock`: {requirement} is not pinned"
        (version,) = pinned[requirement.name][0].specifier
        assert version.version in requirement.specifier, f"run `make lock`: {requirement}"


def test_each_dependency_is_accounted_for(repository: Path, pyproject: dict[str, Any]) -> None:
    groups = [pyproject["project"]["dependencies"], *pyproject["dependency-groups"].values()]
    text = (repository / "docs" / "decisions" / "0001-dependencies.md").read_text("utf-8")
    told = re.findall(r"^\| `([\w-]+)` \|", text, re.MULTILINE)
    assert sorted(told) == sorted(Requirement(line).name for group in groups for line in group)
