"""`iepbridge translate`: exit codes, streams and reports."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from tests.cli.conftest import TRANSLATE, Run, lines, plan, refused


def write(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return str(path)


def parsed(content: bytes) -> list[dict[str, object]]:
    return [json.loads(line) for line in content.splitlines()]


def test_standard_input_goes_to_standard_output(run: Run) -> None:
    done = run(*TRANSLATE, "-", given=lines(plan()))
    assert done.returncode == 0
    assert [one["plan_id"] for one in parsed(done.stdout)] == ["P-1"]


def test_a_file_goes_to_a_file_that_only_its_owner_reads(run: Run, tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", lines(plan("P-1"), plan("P-2")))
    done = run(*TRANSLATE, source, "-o", "out.jsonl")
    assert (done.returncode, done.stdout) == (0, b"")
    written = tmp_path / "out.jsonl"
    assert len(parsed(written.read_bytes())) == 2
    assert written.stat().st_mode & 0o777 == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_an_existing_file_keeps_its_mode(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    target.write_bytes(b"old")
    target.chmod(0o640)
    assert run(*TRANSLATE, "-", "-o", "out.jsonl", given=lines(plan())).returncode == 0
    assert target.stat().st_mode & 0o777 == 0o640
    assert parsed(target.read_bytes())


def test_a_refused_plan_is_held_and_the_others_go(run: Run, tmp_path: Path) -> None:
    given = lines(plan("P-1"), refused("P-2"), plan("P-3"))
    done = run(*TRANSLATE, "-", "--findings", "f.jsonl", "--loss", "l.jsonl", given=given)
    assert done.returncode == 1
    assert [one["plan_id"] for one in parsed(done.stdout)] == ["P-1", "P-3"]
    finding = parsed((tmp_path / "f.jsonl").read_bytes())[0]
    assert list(finding) == [
        "plan_id", "version", "rule", "severity", "path", "message", "remedy", "clause",
    ]  # fmt: skip
    assert (finding["plan_id"], finding["rule"]) == ("P-2", "MODEL-5")
    assert (tmp_path / "l.jsonl").read_bytes() == b""


def test_reports_with_nothing_to_say_are_empty_files(run: Run, tmp_path: Path) -> None:
    done = run(*TRANSLATE, "-", "--findings", "f", "--loss", "l", given=lines(plan()))
    assert done.returncode == 0
    assert (tmp_path / "f").read_bytes() == (tmp_path / "l").read_bytes() == b""


def test_fail_stops_at_the_first_and_writes_findings_only(run: Run, tmp_path: Path) -> None:
    given = lines(plan("P-1"), refused("P-2"), refused("P-3"))
    words = ("-", "--on-error", "fail", "-o", "o", "--findings", "f", "--loss", "l")
    done = run(*TRANSLATE, *words, given=given)
    assert (done.returncode, done.stdout) == (1, b"")
    assert [path.name for path in tmp_path.iterdir()] == ["f"]
    assert [one["plan_id"] for one in parsed((tmp_path / "f").read_bytes())] == ["P-2"]
    for part in (b"P-2", b"MODEL-5", b"closed_on", b"nothing was written"):
        assert part in done.stderr
    assert b"P-3" not in done.stderr


def test_an_unreadable_file_exits_3_with_the_findings_known_until_then(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "o").write_bytes(b"old")
    given = lines(refused("P-1"), plan("P-2")) + b"{broken\n" + lines(plan("P-3"))
    done = run(*TRANSLATE, "-", "-o", "o", "--findings", "f", "--loss", "l", given=given)
    assert (done.returncode, done.stdout) == (3, b"")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["f", "o"]
    assert (tmp_path / "o").read_bytes() == b"old"
    assert [one["plan_id"] for one in parsed((tmp_path / "f").read_bytes())] == ["P-1"]
    assert b"line 3" in done.stderr.lower()
    assert b"Traceback" not in done.stderr


@pytest.mark.linux
def test_an_input_that_breaks_off_is_unreadable(run: Run, tmp_path: Path) -> None:
    done = run(*TRANSLATE, "/proc/self/mem", "-o", "o")
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"could not be read to its end" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_unreadable_file_leaves_standard_output_empty(run: Run) -> None:
    done = run(*TRANSLATE, "-", given=lines(*(plan(f"P-{n}") for n in range(9000))) + b"{")
    assert (done.returncode, done.stdout) == (3, b"")


def test_no_plans_is_no_error(run: Run) -> None:
    done = run(*TRANSLATE, "-", given=b"")
    assert (done.returncode, done.stdout) == (0, b"")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["missing.jsonl"], b"no such file"),
        (["."], b"folder"),
        (["in.jsonl", "-o", "."], b"folder"),
        (["in.jsonl", "-o", "nowhere/out"], b"make it first"),
        (["in.jsonl", "-o", "new/"], b"folder"),
        (["in.jsonl", "-o", "in.jsonl/out"], b"file"),
        (["in.jsonl", "-o", "o" * 300], b"too long"),
        (["in.jsonl", "-o", ""], b"empty name"),
        (["in.jsonl", "-o", "in.jsonl"], b"the input itself"),
        (["in.jsonl", "-o", "./in.jsonl"], b"the input itself"),
        (["in.jsonl", "-o", "link"], b"the input itself"),
        (["in.jsonl", "--loss", "hard"], b"the input itself"),
        (["in.jsonl", "-o", "o", "--loss", "./o"], b"-o and --loss"),
        (["in.jsonl", "--loss", "o", "--findings", "o"], b"--loss and --findings"),
        (["in.jsonl", "--loss", "-"], b"standard output"),
        (["in.jsonl", "--sender", "TOO-LONG!"], b"--sender"),
        (["in.jsonl", "--sender", "ninechars"], b"1 to 8"),
        (["in.jsonl", "--receiver", ""], b"--receiver"),
        (["in.jsonl", "--sequence", "0"], b"1 to 999999"),
        (["in.jsonl", "--sequence", "1000000"], b"1 to 999999"),
        (["in.jsonl", "--created", "2026-02-30T08:00:00Z"], b"time that exists"),
        (["in.jsonl", "--created", "2026-02-28T08:00:00"], b"offset"),
        (["in.jsonl", "--config", "missing.toml"], b"missing.toml"),
        (["in.jsonl", "--on-error", "ignore"], b"hold"),
        (["in.jsonl", "--to", "canonicle"], b"did you mean 'canonical'"),
        (["in.jsonl", "--from", "canonicle"], b"did you mean 'canonical'"),
        (["in.jsonl", "--policy"], b"--policy"),
        ([], b"INPUT"),
    ],
)
def test_wrong_usage_exits_2_and_says_what_to_do(
    run: Run, tmp_path: Path, words: list[str], expected: bytes
) -> None:
    source = tmp_path / "in.jsonl"
    source.write_bytes(lines(plan()))
    (tmp_path / "link").symlink_to(source)
    (tmp_path / "hard").hardlink_to(source)
    before = sorted(tmp_path.iterdir())
    done = run(*TRANSLATE, *words)
    assert (done.returncode, done.stdout) == (2, b"")
    assert expected in done.stderr
    assert b"Traceback" not in done.stderr
    assert sorted(tmp_path.iterdir()) == before
    assert source.read_bytes() == lines(plan())


def test_standard_input_and_output_may_not_be_one_file(run: Run, tmp_path: Path) -> None:
    both = tmp_path / "both.jsonl"
    both.write_bytes(lines(plan()))
    with both.open("rb") as given, both.open("ab") as target:
        done = run(*TRANSLATE, "-", stdin=given, stdout=target)
    assert done.returncode == 2
    assert b"the input itself" in done.stderr
    assert both.read_bytes() == lines(plan())


def test_a_link_is_followed_to_the_file_it_names(run: Run, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder/real.jsonl")
    assert run(*TRANSLATE, "-", "-o", "link", given=lines(plan())).returncode == 0
    assert (tmp_path / "link").is_symlink()
    assert parsed((tmp_path / "folder" / "real.jsonl").read_bytes())


def test_two_reports_may_go_to_the_null_device(run: Run) -> None:
    words = ("-o", "/dev/null", "--loss", "/dev/null", "--findings", "/dev/null")
    assert run(*TRANSLATE, "-", *words, given=lines(plan())).returncode == 0
    assert Path("/dev/null").is_char_device()


def test_a_named_pipe_gets_everything(run: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["cat", tmp_path / "pipe"], stdout=subprocess.PIPE) as reader:
        done = run(*TRANSLATE, "-", "-o", "pipe", given=lines(plan()))
        if done.returncode:
            reader.kill()
        got, _ = reader.communicate()
    assert done.returncode == 0
    assert len(parsed(got)) == 1


def test_a_configuration_is_found_in_the_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "iepbridge.toml").write_text('[mappings]\noverlay = ["gone"]\n')
    done = run(*TRANSLATE, "-", given=lines(plan()))
    assert done.returncode == 2
    assert b"iepbridge.toml:2: " in done.stderr
    assert b"gone" in done.stderr


def test_a_configuration_is_named_by_the_environment(run: Run, tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text("mappings = [")
    done = run(*TRANSLATE, "-", given=lines(plan()), env={"IEPBRIDGE_CONFIG": "other.toml"})
    assert done.returncode == 2
    assert b"other.toml:1: not valid TOML" in done.stderr


def test_the_run_is_one_event_in_the_log(run: Run) -> None:
    done = run(*TRANSLATE, "-", given=lines(plan("P-1"), refused("P-2")))
    events = parsed(done.stderr)
    assert [event["event"] for event in events] == ["plan_held", "translated"]
    held, translated = events
    assert (held["plan_id"], held["rule"], held["path"]) == ("P-2", "MODEL-5", "closed_on")
    assert held["remedy"]
    counts = {name: translated[name] for name in ("read", "written", "held", "findings")}
    assert counts == {"read": 2, "written": 1, "held": 1, "findings": {"MODEL-5": 1}}


def test_held_plans_are_explained_up_to_ten_then_counted(run: Run) -> None:
    done = run(*TRANSLATE, "-", given=lines(*(refused(f"P-{n}") for n in range(13))))
    events = parsed(done.stderr)
    assert [event["event"] for event in events].count("plan_held") == 10
    assert {"event": "more_plans_held", "plans": 3}.items() <= events[10].items()


@pytest.mark.parametrize("level", ["error", "critical"])
def test_silent_says_nothing_but_what_stops_the_run(run: Run, level: str) -> None:
    done = run(*TRANSLATE, "-", "--log-level", level, given=lines(refused()))
    assert (done.returncode, done.stderr) == (1, b"")
    done = run(*TRANSLATE, "missing", "--log-level", level)
    assert b"no such file" in done.stderr


def test_the_log_can_be_for_the_eye(run: Run) -> None:
    done = run(*TRANSLATE, "-", "--log-format", "console", given=lines(plan()))
    assert b"translated" in done.stderr
    assert b"\x1b" not in done.stderr
    assert not done.stderr.startswith(b"{")


def test_a_log_in_json_tells_what_stopped_the_run_in_json_too(run: Run) -> None:
    done = run(*TRANSLATE, "missing", "--log-format", "json")
    assert done.returncode == 2
    (event,) = map(json.loads, done.stderr.splitlines())
    assert (event["event"], event["exit_code"]) == ("stopped", 2)
    assert "no such file" in event["message"]
