"""Pages of documentation as they are used: their files are made and their commands run.

    `nightly.sh`          a line like this, above a block, makes the block a file of that name
    ```console            commands behind `$ `, run one after the other; what follows is what they
                          print at a terminal, `...` standing for anything
    ```sh                 not run, but for `pip install ./FOLDER`

Each page has a folder of its own, with what the top of the checkout has: the command, `mappings`
and `plugins`.
"""

import doctest
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_CAPTION = re.compile(r"`([\w./-]+)`")
_HEREDOC = re.compile(r"<<\s*'?(\w+)'?")
_INSTALL = re.compile(r"pip install \./(\S+)")
_SET_UP = ("make", "git")
_LENT = (".venv", "mappings", "plugins")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the caption above it if there is one, and its lines."""

    language: str
    caption: str
    lines: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Step:
    """One command, and what the page says that it prints."""

    command: str
    shown: str
    line: int


@dataclass
class Played:
    """What became of a page: where it was played, and what was other than it says."""

    folder: Path
    faults: list[str] = field(default_factory=list)
    steps: int = 0


def blocks(text: str) -> Iterator[Block]:
    """Give the fenced blocks of a page."""
    before, begun, language, inside = "", 0, "", []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("```"):
            if begun:
                caption = _CAPTION.fullmatch(before)
                yield Block(language, caption[1] if caption else "", tuple(inside), begun)
                begun, before = 0, ""
            else:
                begun, language, inside = number, line.removeprefix("```"), []
        elif begun:
            inside.append(line)
        elif line:
            before = line
        else:
            before = ""


def steps(block: Block) -> Iterator[Step]:
    """Give the commands of a console block, lines joined as a shell joins them."""
    lines = list(block.lines)
    at = 0
    while at < len(lines):
        begun = at
        assert lines[at].startswith("$ "), f"line {block.line + at + 1} is no command"
        command = [lines[at].removeprefix("$ ")]
        at += 1
        ends = _HEREDOC.search(command[0])
        while at < len(lines) and (command[-1].endswith("\\") or (ends and command[-1] != ends[1])):
            command.append(lines[at])
            at += 1
        shown = []
        while at < len(lines) and not lines[at].startswith("$ "):
            shown.append(lines[at])
            at += 1
        yield Step("\n".join(command), "\n".join(shown), block.line + begun + 1)


class Player:
    """Plays one page in a folder of its own."""

    def __init__(self, repository: Path, folder: Path) -> None:
        self._last = 0
        self._environment = {
            name: value
            for name, value in os.environ.items()
            if name not in ("IEPBRIDGE_CONFIG", "NO_COLOR", "FORCE_COLOR", "PYTHONPATH")
        } | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "TERM": "dumb",
            "COLUMNS": "100",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self.played = Played(folder)
        for name in _LENT:
            real = Path(sys.prefix) if name == ".venv" else repository / name
            (folder / name).symlink_to(real, target_is_directory=True)

    def play(self, text: str) -> Played:
        """Make the files and run the commands of a page, from its top to its end."""
        for block in blocks(text):
            if block.caption:
                path = self.played.folder / block.caption
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("".join(f"{line}\n" for line in block.lines), "utf-8")
            elif block.language == "console":
                self._console(list(steps(block)))
            elif block.language == "sh":
                for found in map(_INSTALL.search, block.lines):
                    if found:
                        self._install(found[1])
        return self.played

    def _console(self, script: list[Step]) -> None:
        if script[0].command.split()[0] in _SET_UP:
            return
        for step, following in zip(script, [*script[1:], None], strict=True):
            got = self._run(step.command)
            self.played.steps += 1
            if step.shown and not _matches(step.shown, got):
                self._fault(step, f"says\n{step.shown}\nand prints\n{got}")
            asked = following is not None and following.command == "echo $?"
            if self._last and not asked and not step.shown:
                self._fault(step, f"ends with {self._last}\n{got}")

    def _fault(self, step: Step, what: str) -> None:
        self.played.faults.append(f"line {step.line}: {step.command}\n{what}")

    def _run(self, command: str) -> str:
        """Run a command at a terminal; `$?` is that of the command before."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            ["/bin/sh", "-c", f"(exit {self._last})\n{command}"],
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
            cwd=self.played.folder,
            env=self._environment,
        )
        os.close(theirs)
        got = b"".join(iter(lambda: _chunk(ours), b""))
        os.close(ours)
        self._last = process.wait()
        return got.decode().replace("\r\n", "\n")

    def _install(self, name: str) -> None:
        """Install a distribution of the page's folder, for this page alone."""
        target = self.played.folder / ".installed"
        words = "-m pip install --quiet --no-deps --no-index --no-build-isolation --target"
        subprocess.run(
            [sys.executable, *words.split(), target, f"./{name}"],
            cwd=self.played.folder,
            check=True,
        )
        self._environment["PYTHONPATH"] = str(target)


def _chunk(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says EIO when the last writer has gone
        return b""


def _matches(shown: str, got: str) -> bool:
    checker = doctest.OutputChecker()
    return checker.check_output(_tidy(shown), _tidy(got), doctest.ELLIPSIS)


def _tidy(text: str) -> str:
    lines = (line.rstrip() for line in text.splitlines())
    return "".join(f"{line}\n" for line in lines if line)
