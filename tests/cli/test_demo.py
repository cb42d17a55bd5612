"""`iepbridge demo`: the whole story, its figures, and a folder to go on with."""

import json
import re
import shlex
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.cli.conftest import COMMAND, Run, _as_in_a_terminal, environment
from tests.cli.deployment import Deployment

from iepbridge.cli.demo_folder import prepare

COUNT = 30
README = Path(__file__).parents[2] / "README.md"
_PATIENCE_SECONDS = 120
_PLACES = ("waiting", "delivered", "held", "unknown", "superseded")


class Shown(NamedTuple):
    """A demo that was played, and where."""

    done: "subprocess.CompletedProcess[bytes]"
    here: Path
    folder: Path

    @property
    def text(self) -> str:
        return self.done.stdout.decode()

    def next(self, word: str) -> str:
        """Give the command with a word that is printed to be tried next."""
        return next(line[39:] for line in self._next() if line[39:].split()[-2:].count(word))

    def _next(self) -> list[str]:
        return self.text.partition("\nNext\n")[2].splitlines()


def play(here: Path, *words: str) -> Shown:
    done = subprocess.run(
        [*COMMAND, "demo", *words], cwd=here, env=environment(), capture_output=True, check=False
    )
    return Shown(done, here, here / "demo-output")


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """Give a demo that nothing is done to but looking."""
    return play(tmp_path_factory.mktemp("demo"), "--count", str(COUNT))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def ask(shown: Shown, *words: str) -> list[dict[str, Any]]:
    """Give what a command says in the demo's folder."""
    done = subprocess.run(
        [*COMMAND, *words], cwd=shown.folder, env=environment(), capture_output=True, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def figures(shown: Shown) -> dict[str, list[int]]:
    """Give the figures of the accounts, by feed."""
    found = re.findall(r"^   ([a-z]+-(?:plans|in)) +([0-9 ]+)$", shown.text, re.MULTILINE)
    return {feed: [int(one) for one in told.split()] for feed, told in found}


def test_the_story_is_told_step_by_step(shown: Shown) -> None:
    assert (shown.done.returncode, shown.done.stderr) == (0, b"")
    steps = re.findall(r"^([1-9])\. ", shown.text, re.MULTILINE)
    assert steps == [*"12345678"]
    for part in (
        f"a key was made for it: {shown.folder.name}/ledger.key",
        f"{COUNT} plans, one a line",
        "accepted unnamed",
        "put right, as version",
        "10 plans from TBX_IEP_OWD_",
        "the states' own lists agree",
    ):
        assert part in shown.text
    assert "\x1b" not in shown.text
    story, commands, _ = shown.text.partition("\nNext\n")
    assert commands  # named by where they are, however far that is
    assert max(map(len, story.splitlines())) <= 106
    assert len(shown.text.splitlines()) < 75


def test_the_accounts_are_those_of_the_ledger_and_of_the_states(shown: Shown) -> None:
    told = figures(shown)
    stands = {row["feed"]: row for row in ask(shown, "feeds") if row["feed"] in told}
    assert len(told) == len(stands) == 5
    for feed, (entered, *places, carried, theirs) in told.items():
        assert entered == sum(places) == (10 if feed == "missouri-in" else COUNT + 1)
        assert places == [stands[feed]["states"][name] for name in _PLACES]
        assert carried == theirs == stands[feed]["sent"]
    booked = Counter(
        row["system"]
        for row in lines(shown.folder / "book.jsonl")
        if row["kind"] == "file"
        for _ in row["plans"]
    )
    systems = {row["feed"]: row["system"] for row in stands.values() if row["direction"] == "out"}
    assert {feed: booked[system] for feed, system in systems.items()} == {
        feed: told[feed][-1] for feed in systems
    }
    total = sum(entered for entered, *_ in told.values())
    assert f"{total} plans entered, {total} accounted for" in shown.text


def test_the_mended_plan_was_rejected_and_then_accepted(shown: Shown) -> None:
    found = re.search(r"^   (\w+) rejected (\S+): (E-210)", shown.text, re.MULTILINE)
    assert found is not None
    state, plan_id, code = found.groups()
    own = [row for row in ask(shown, "history", plan_id) if row["what"] == "answered"]
    answers = [row for row in own if row["feed"] == f"{state.lower()}-acks"]
    assert [one["status"] for one in answers] in (
        ["rejected", "accepted"],
        ["rejected", "warnings"],
    )
    assert answers[0]["codes"][0]["code"] == code
    assert answers[1]["version"] == answers[0]["version"] + 1
    plans = {one["plan_id"]: one for one in lines(shown.folder / "plans" / "plans.jsonl")}
    assert len(plans) == COUNT
    assert plans[plan_id]["version"] == answers[1]["version"]


def test_what_is_made_is_for_its_owner_alone(shown: Shown) -> None:
    assert shown.folder.stat().st_mode & 0o077 == 0
    for name in ("ledger.key", "iepbridge.db", "plans/plans.jsonl", "book.jsonl"):
        assert (shown.folder / name).stat().st_mode & 0o077 == 0


def test_plans_that_were_read_are_due_no_answer(shown: Shown, small_deployment: Deployment) -> None:
    (row,) = (row for row in ask(shown, "feeds") if row["feed"] == "missouri-in")
    assert (row["sent"], row["unanswered"]) == (10, 0)
    told = small_deployment.at_terminal("feeds", "--config", str(shown.folder / "iepbridge.toml"))
    assert "10 read" in told.text
    assert "no answer" not in told.text


def in_shell(here: Path, *commands: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        ["/bin/sh", "-c", " && ".join(commands)],
        cwd=here,
        env=environment(),
        capture_output=True,
        timeout=_PATIENCE_SECONDS,
        check=False,
    )


@pytest.mark.parametrize("word", ["feeds", "held", "history"])
def test_what_is_printed_to_look_at_works(shown: Shown, word: str) -> None:
    done = in_shell(shown.here, shown.next("cd"), shown.next(word))
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout


@pytest.fixture
def reopened(shown: Shown) -> Iterator[None]:
    """Open the states' side by the command that is printed, at any free port."""
    command = [*shlex.split(shown.next("--root")), "--port", "0"]
    assert command[-4:-2] == ["--root", "."]
    process = subprocess.Popen(command, cwd=shown.folder, env=environment(), stdout=subprocess.PIPE)
    with process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["event"] == "ready"
        yield
        process.send_signal(signal.SIGTERM)
        assert process.wait(_PATIENCE_SECONDS) == 0


@pytest.mark.usefixtures("reopened")
def test_the_feeds_can_be_run_on(shown: Shown) -> None:
    done = in_shell(shown.here, shown.next("cd"), shown.next("run"))
    assert done.returncode == 1  # what was held is held
    assert {json.loads(line)["exit_code"] for line in done.stdout.splitlines()} == {0, 1}


def test_again_it_begins_anew_and_keeps_what_is_not_its_own(tmp_path: Path) -> None:
    first = play(tmp_path, "--count", "2")
    own = first.folder / "plans" / "own.jsonl"
    own.write_text("mine")
    (first.folder / "mine.txt").write_text("mine")
    second = play(tmp_path, "--count", "3")
    assert (first.done.returncode, second.done.returncode) == (0, 0)
    assert "What you put or changed" not in first.text
    assert "demo-output/kept-1 now" in second.text
    assert {told[0] for told in figures(second).values()} <= {3, 4, 10}
    assert (second.folder / "mine.txt").read_text() == "mine"
    assert (second.folder / "kept-1" / "plans" / "own.jsonl").read_text() == "mine"
    assert not own.exists()


def test_with_few_plans_there_may_be_nothing_to_mend(tmp_path: Path) -> None:
    done = play(tmp_path, "--count", "1").done
    assert done.returncode == 0
    assert b"No state rejected a plan" in done.stdout


def test_a_reader_that_goes_ends_it(tmp_path: Path) -> None:
    command = [*COMMAND, "demo", "--count", "1"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(_PATIENCE_SECONDS) == 128 + signal.SIGPIPE
        assert process.stderr.read() == b""


def test_a_signal_ends_it_and_all_it_made_is_known_to_the_next(tmp_path: Path) -> None:
    command = [*COMMAND, "demo", "--count", "3"]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        preexec_fn=_as_in_a_terminal,  # noqa: PLW1509  nothing else runs here
    ) as process:
        assert process.stdout is not None
        while not process.stdout.readline().startswith(b"4. "):
            pass
        process.send_signal(signal.SIGTERM)
        process.stdout.read()
        assert process.wait(_PATIENCE_SECONDS) == 128 + signal.SIGTERM
    assert prepare(tmp_path / "demo-output") is None
    assert not [*(tmp_path / "demo-output").rglob("*IEP*")]


def test_a_folder_that_is_a_file_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    done = run("demo", "--count", "1", "--folder", "taken")
    assert done.returncode == 2
    assert b"--folder" in done.stderr
    assert (tmp_path / "taken").read_text() == "mine"
