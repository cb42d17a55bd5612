"""Nothing of one machine or one package index gets into the repository."""

import ast
import re
from pathlib import Path

LOCK_FILES = {"uv.lock", "poetry.lock", "pylock.toml", "Pipfile.lock", "pdm.lock"}

FORBIDDEN = {
    "the address of a package index": re.compile(
        r"(?:pypi|pythonhosted|npmjs|debian)\.(?:org|io|com)|index[-_]url|find[-_]links",
        re.IGNORECASE,
    ),
    "a path of one machine": re.compile(r"(?<![\w.)}\]/])/(?:work|root|home|Users)/"),
}


def test_no_file_names_a_package_index_or_a_path_of_one_machine(
    tracked: list[Path], repository: Path
) -> None:
    found = [
        f"{name}:{number}: {what}"
        for name in tracked
        for number, line in enumerate(_lines(repository / name), start=1)
        for what, pattern in FORBIDDEN.items()
        if pattern.search(line)
    ]
    assert not found, "\n".join(["take these out:", *found])


def _lines(path: Path) -> list[str]:
    return path.read_bytes().decode("utf-8", errors="replace").splitlines()


def test_no_lock_file_with_addresses(tracked: list[Path]) -> None:
    assert not [name for name in tracked if name.name in LOCK_FILES]


def test_every_module_says_what_it_is(tracked: list[Path], repository: Path) -> None:
    silent = [
        str(name)
        for name in tracked
        if name.suffix == ".py" and not ast.get_docstring(_parsed(repository / name))
    ]
    assert not silent, f"no docstring at the top of {silent}"


def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes(), str(path))


def test_the_patterns_find_what_they_are_for() -> None:
    index, path = FORBIDDEN.values()
    host, option, home = "pypi", "index", "home"  # apart, so that this file passes its own test
    assert index.search(f"https://{host}.org/simple")
    assert index.search(f"--extra-{option}-url x")
    assert path.search(f"open('/{home}/ann/plans.jsonl')")
    assert not path.search(f"sftp://feed@127.0.0.1/{home}/inbound")
