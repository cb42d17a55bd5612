"""Every benchmark runs and prints its table. No time is asserted: a slow machine is no fault."""

import re

import pytest
from bench.sides import Outputs, hand_out, workload

from bench import alike, command, growth, run

NUMBER = re.compile(r"\b[0-9]+\.[0-9]{2}")


def _printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert run.main([*arguments, "--rounds", "1"]) == 0
    environment, empty, *table = capsys.readouterr().out.splitlines()
    assert "processors, load" in environment
    assert empty == ""
    return table


def _has_rows(table: list[str], name: str, *cases: tuple[str, str]) -> None:
    title, _, *rows = table
    assert title.startswith(f"{name}: ")
    for case in cases:
        (row,) = [row for row in rows if tuple(row.split()[:2]) == case]
        assert NUMBER.search(row)


def test_a_row_for_each_system_and_way(capsys: pytest.CaptureFixture[str]) -> None:
    _has_rows(_printed(capsys, "translate", "--count", "20"), "translate", *command.cases())


@pytest.mark.parametrize(
    ("name", "case"), [("memory", ("toolbox", "in")), ("growth", ("twist", "out"))]
)
def test_a_row_from_processes_of_their_own(
    name: str,
    case: tuple[str, str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(f"bench.{name}.cases", lambda: [case])
    _has_rows(_printed(capsys, name, "--count", "20"), name, case)


def test_a_row_for_each_feed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.feeds.SYSTEMS", ["twist"])
    title, _, row = _printed(capsys, "feeds", "--count", "20")
    assert title.startswith("feeds: ")
    assert (row.split()[0], len(row.split())) == ("twist", 4)


def test_a_row_for_each_command(capsys: pytest.CaptureFixture[str]) -> None:
    title, _, *rows = _printed(capsys, "start")
    assert title.startswith("start: ")
    assert [row.split()[1] for row in rows] == ["--help", "--version"]


def test_peers_are_measured_or_it_is_said_why_not(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IEPBRIDGE_PEERS", "/nowhere/bin/python")
    (line,) = _printed(capsys, "peers", "--count", "5")
    assert line.startswith("peers: skipped, ")
    assert "IEPBRIDGE_PEERS" in line


def test_another_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run.main(["trnslate"])
    assert ", ".join(run.NAMES) in capsys.readouterr().err


def test_sides_that_differ_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    work = workload("toolbox", 5)
    alike.check(work)

    def first_only(system: str, lines: bytes, outputs: Outputs) -> None:
        hand_out(system, lines[: lines.index(b"\n") + 1], outputs)

    monkeypatch.setattr(alike, "hand_out", first_only)
    with pytest.raises(alike.NotAlike, match="toolbox out: the plans"):
        alike.check(work)


def test_the_exponent_of_a_power_is_its_power() -> None:
    assert growth.exponent([10, 30, 100], [2.0, 6.0, 20.0]) == pytest.approx(1.0)
    assert growth.exponent([10, 30, 100], [100.0, 900.0, 10_000.0]) == pytest.approx(2.0)
