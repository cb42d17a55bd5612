"""Claims are counted honestly: what broke, what was never tried, what ended early."""

import importlib
import multiprocessing
import os

import pytest
from tests.torture import __main__ as torture
from tests.torture import claims
from tests.torture.claims import claim, tried
from tests.torture.kill_points import hindrance
from tests.torture.table import Result, table


@pytest.fixture
def register(monkeypatch):
    monkeypatch.setattr(claims, "CLAIMS", known := {})
    monkeypatch.setattr(torture, "CLAIMS", known)
    monkeypatch.setattr(claims, "ALONE", alone := set())
    monkeypatch.setattr(torture, "ALONE", alone)
    monkeypatch.setattr(torture, "MODULES", ())
    return lambda words, function, **options: claim(words, **options)(function)


def holds(trial):
    for number in trial.sampled(range(1000)):
        with trial.case(f"{number}"):
            assert number >= 0


def breaks(trial):
    for number in range(4):
        with trial.case(f"number {number}"):
            assert number % 2 == 0, "it is odd"


def one_process_knows(trial):
    with trial.case("another process"):
        assert multiprocessing.parent_process() is not None


def ends_early(trial):
    with trial.case("the only one"):
        pass
    raise OSError("gone")


def test_a_claim_that_holds(register):
    register("It holds", holds)
    result = tried("It holds", seed=1)
    assert (result.cases, result.failures, result.holds) == (1000, [], True)


def test_each_broken_case_is_named(register):
    register("It breaks", breaks)
    result = tried("It breaks", seed=1)
    assert result.cases == 4
    assert [failure.partition(":")[0] for failure in result.failures] == ["number 1", "number 3"]
    assert "it is odd" in result.failures[0]
    assert not result.holds


def test_a_trial_that_ends_early_did_not_hold(register):
    register("It ends", ends_early)
    assert not tried("It ends", seed=1).holds


def test_a_claim_without_a_case_has_shown_nothing(register):
    register("Nothing", lambda trial: None)
    result = tried("Nothing", seed=1)
    assert not result.holds
    assert "no case was tried" in table([result])


def test_a_sample_is_chosen_by_the_seed(register):
    chosen = {}
    register("Sampled", lambda trial: chosen.update({trial.seed: trial.sampled(range(1000))}))
    for seed in (1, 2):
        tried("Sampled", seed, most=10)
        assert len(chosen[seed]) == 10
        assert chosen[seed] == sorted(chosen[seed])
    first = chosen[1]
    tried("Sampled", 1, most=10)
    assert chosen[1] == first != chosen[2]


def test_a_claim_is_made_once(register):
    register("Once", holds)
    with pytest.raises(ValueError, match="Claimed twice: Once"):
        register("Once", breaks)


def test_the_table_lines_up():
    results = [Result("Short", 12345, (), 7), Result("A longer claim", 3, ("case 2: bad",), 7)]
    assert table(results).splitlines() == [
        "claim            cases  failures  seed",
        "--------------  ------  --------  ----",
        "Short           12,345         0     7",
        "A longer claim       3         1     7",
        "",
        "NOT HELD: A longer claim (seed 7)",
        "  case 2: bad",
    ]


def test_the_command_prints_the_table_and_fails_with_a_claim(register, capsys):
    register("It holds", holds)
    register("It breaks", breaks)
    assert torture.main(["--claim", "HOLDS", "--seed", "5", "--cases", "9"]) == 0
    assert "It holds      9         0     5" in capsys.readouterr().out
    assert torture.main(["--seed", "5"]) == 1
    assert "NOT HELD: It breaks (seed 5)" in capsys.readouterr().out


def test_what_cannot_be_spread_is_tried_beside_the_others(register, capsys):
    register("It holds alone", one_process_knows, alone=True)
    register("It holds", holds)
    register("It breaks alone", breaks, alone=True)
    assert torture.main(["--seed", "5", "--hands", "2"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines[2:5]] == [
        "It holds alone",
        "It holds",
        "It breaks alone",
    ]
    assert "NOT HELD: It breaks alone (seed 5)" in lines
    assert "NOT HELD: It holds alone (seed 5)" not in lines


def test_a_process_that_dies_leaves_claims_that_did_not_hold(register, capsys):
    register("It dies", lambda _: os._exit(9), alone=True)
    register("It holds", holds, alone=True)
    assert torture.main(["--seed", "5", "--hands", "2"]) == 1
    told = capsys.readouterr().out
    assert told.count("never tried: its process ended with 9") == 2


def test_the_command_lists_claims_and_refuses_unknown_ones(register, capsys):
    register("It holds", holds)
    assert torture.main(["--list"]) == 0
    assert capsys.readouterr().out == "It holds\n"
    assert torture.main(["--claim", "breaks"]) == 2


def test_the_claims_of_the_repository_are_registered(capsys):
    assert torture.main(["--list"]) == 0
    listed = capsys.readouterr().out
    for words in ("An OpenPGP file", "A run out", "An upload cut", "on a disk that is full"):
        assert words in listed


@pytest.mark.linux
def test_claims_of_the_repository_hold_for_a_few_cases(capsys):
    if reason := hindrance():
        pytest.skip(reason)
    assert torture.main(["--seed", "1", "--cases", "3", "--claim", "translate"]) == 0
    assert torture.main(["--seed", "1", "--cases", "3", "--claim", "OpenPGP"]) == 0


def test_the_page_of_proofs_has_each_claim(repository):
    for module in torture.MODULES:
        importlib.import_module(module)
    page = (repository / "docs" / "proofs.md").read_text("utf-8")
    rows = [line.split(" | ")[0].removeprefix("| ") for line in page.splitlines()]
    assert sorted(row for row in rows if row in claims.CLAIMS) == sorted(claims.CLAIMS)
