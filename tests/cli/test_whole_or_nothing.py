"""Outputs appear whole or not at all: kills, full disks, readers that go away."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.cli.conftest import COMMAND, TRANSLATE, Run, environment, lines, plan

Waiting = Callable[..., "subprocess.Popen[bytes]"]

LARGE = lines(*(plan(f"P-{n}", comments="x" * 1000) for n in range(400)))


def wait_until_written(process: "subprocess.Popen[bytes]", folder: Path) -> None:
    """Wait until the process has an unpublished output in the folder open, with content."""
    descriptors = Path(f"/proc/{process.pid}/fd")
    while process.poll() is None:
        for link in descriptors.iterdir():
            try:
                if str(link.readlink()).startswith(f"{folder}/") and link.stat().st_size:
                    return
            except OSError:
                continue
    pytest.fail("the command ended before it was stopped")


@pytest.mark.linux
@pytest.mark.parametrize(
    ("number", "code"),
    [
        (signal.SIGKILL, -signal.SIGKILL),
        (signal.SIGTERM, 143),
        (signal.SIGINT, 130),
        (signal.SIGHUP, 129),
    ],
)
def test_a_killed_run_leaves_nothing_new(
    waiting: Waiting, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    (tmp_path / "out.jsonl").write_bytes(b"old")
    process = waiting("-o", "out.jsonl", "--loss", "l", "--findings", "f")
    wait_until_written(process, tmp_path)
    process.send_signal(number)
    out, err = process.communicate()
    assert (process.returncode, out, err) == (code, b"", b"")
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]
    assert (tmp_path / "out.jsonl").read_bytes() == b"old"


def test_an_ignored_hangup_stays_ignored(tmp_path: Path) -> None:
    script = "import signal, sys; signal.signal(1, signal.SIG_IGN)\n"
    script += "from iepbridge.cli import main; main(['--version'])\n"
    script += "assert signal.getsignal(1) is signal.SIG_IGN"
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)


def test_a_reader_that_goes_away_is_met_in_silence(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, *TRANSLATE, "-", "--loss", "l"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        cwd=tmp_path,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        process.stdout = None
        _, err = process.communicate(LARGE)
    assert (process.returncode, err) == (128 + signal.SIGPIPE, b"")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["systems"], ["sample", "--help"]])
def test_whatever_is_printed_may_find_nobody_reading(words: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*COMMAND, *words], stdout=write, stderr=subprocess.PIPE, env=environment(), check=False
    )
    os.close(write)
    assert done.stderr == b""
    assert done.returncode in (0, 128 + signal.SIGPIPE)  # argparse forgives a failed write


@pytest.mark.linux
@pytest.mark.parametrize("words", [["-o", "/dev/full"], []])
def test_a_full_device_is_a_plain_message(run: Run, tmp_path: Path, words: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = run(*TRANSLATE, "-", *words, "--loss", "l", given=LARGE, stdout=full)
    assert done.returncode == 2
    assert b"the disk is full" in done.stderr
    assert done.stderr.count(b"\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_an_output_past_a_limit_on_size_leaves_the_old_one(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out.jsonl").write_bytes(b"old")
    done = run(
        *TRANSLATE,
        "-",
        "-o",
        "out.jsonl",
        given=LARGE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000)),
    )
    assert done.returncode == 2
    assert b"out.jsonl" in done.stderr
    assert b"Nothing was written" in done.stderr
    assert (tmp_path / "out.jsonl").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "none", disk], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("this machine lets nobody mount a tmpfs")
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True)


@pytest.mark.linux
@pytest.mark.root
def test_a_full_disk_keeps_the_old_file(run: Run, small_disk: Path) -> None:
    target = small_disk / "out.jsonl"
    target.write_bytes(b"old")
    done = run(*TRANSLATE, "-", "-o", str(target), given=LARGE)
    assert done.returncode == 2
    assert b"the disk is full" in done.stderr
    assert target.read_bytes() == b"old"
    assert [path.name for path in small_disk.iterdir()] == ["out.jsonl"]


@pytest.mark.linux
@pytest.mark.root
def test_a_full_disk_under_a_report_keeps_the_output_back(
    run: Run, tmp_path: Path, small_disk: Path
) -> None:
    refused = lines(*(plan(f"P-{n}", status="closed") for n in range(400)))
    words = ("-o", "out.jsonl", "--findings", str(small_disk / "f.jsonl"))
    done = run(*TRANSLATE, "-", *words, given=lines(plan()) + refused)
    assert done.returncode == 2
    assert b"--findings" in done.stderr
    assert b"the disk is full" in done.stderr
    assert not (tmp_path / "out.jsonl").exists()
    assert list(small_disk.iterdir()) == []


@pytest.mark.linux
@pytest.mark.root
def test_a_full_folder_for_temporary_files_is_named(run: Run, small_disk: Path) -> None:
    done = run(*TRANSLATE, "-", given=LARGE, env={"TMPDIR": str(small_disk)})
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"TMPDIR" in done.stderr
