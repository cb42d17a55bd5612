"""The tool itself: small programs killed and hindered at every point."""

import errno
import subprocess
import sys
import time

import pytest
from tests.torture import kill_points
from tests.torture.kill_points import (
    ENDING,
    Point,
    Program,
    hindrance,
    points,
    run_with_error,
    run_with_kill,
    sample,
    survey,
    surveyed,
)

pytestmark = pytest.mark.linux
WHOLE = "all of it"
START = """
import os, sys, threading
open("early", "w").close()
open("marker").close()
"""
CAREFUL = f"""
with open("whole.part", "w") as file:
    file.write("{WHOLE[:4]}"); file.flush()
    file.write("{WHOLE[4:]}"); file.flush()
    os.fsync(file.fileno())
os.rename("whole.part", "whole")
"""
CARELESS = CAREFUL.replace(".part", "")
HINDERED = f"""
try:
    {CAREFUL.strip().replace(chr(10), chr(10) + "    ")}
except OSError as error:
    os._exit(error.errno)
"""
THREADS = """
def work():
    for _ in range(2):
        os.write(file, b"x")

file = os.open("shared", os.O_CREAT | os.O_WRONLY)
work()
thread = threading.Thread(target=work)
thread.start()
thread.join()
"""
CHILD = """
import subprocess
code = "import os; os.mkdir('by a child')"
os._exit(7 if subprocess.run([sys.executable, "-I", "-c", code]).returncode == -9 else 0)
"""

strikes = pytest.mark.skipif(hindrance() is not None, reason=hindrance() or "")


@pytest.fixture
def program(tmp_path):
    """Make a program of a script, run in a folder that is empty but for the marker."""
    (tmp_path / "script").mkdir()

    def program(script, marker="marker", **options):
        path = tmp_path / "script" / "program.py"
        path.write_text(START + script)
        cwd = tmp_path / "cwd"
        cleared(cwd)
        return Program([sys.executable, "-I", str(path)], cwd=cwd, marker=marker, **options)

    return program


def cleared(folder):
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.rmdir() if path.is_dir() else path.unlink()
    (folder / "marker").touch()


def left(program):
    whole = program.cwd / "whole"
    return whole.read_text() if whole.exists() else None


@strikes
def test_points_are_the_calls_past_the_marker_in_order(program):
    found = points(program(CAREFUL))
    assert [point.name for point in found] == [
        "openat",
        "write",
        "write",
        "fsync",
        "rename",
        ENDING,
    ]
    assert [point.k for point in found[1:]] == [1, 2, 1, 1, 1]
    assert found[0].what.endswith("whole.part")
    assert WHOLE[:4] not in str(found)


@strikes
def test_without_a_marker_the_start_counts_too(program):
    created = [point for point in points(program("", marker=None)) if point.name == "openat"]
    assert [point.what.rpartition(" ")[2] for point in created] == ["early"]
    assert points(program("")) == [Point(ENDING, 1)]


@strikes
def test_points_are_the_same_in_every_run(program):
    first = points(program(CAREFUL))
    assert points(program(CAREFUL)) == first


@strikes
def test_a_program_is_killed_in_front_of_the_call(program):
    careful = program(CAREFUL)
    states = {}
    for point in points(careful):
        cleared(careful.cwd)
        assert run_with_kill(careful, point) == -9
        part = careful.cwd / "whole.part"
        states[point.name, point.k] = (left(careful), part.read_text() if part.exists() else None)
    assert list(states.values()) == [
        (None, None),
        (None, ""),
        (None, WHOLE[:4]),
        (None, WHOLE),
        (None, WHOLE),
        (WHOLE, None),
    ]


@strikes
def test_a_careless_program_is_found_out(program):
    careless = program(CARELESS)
    seen = set()
    for point in points(careless):
        cleared(careless.cwd)
        run_with_kill(careless, point)
        seen.add(left(careless))
    assert seen == {None, "", WHOLE[:4], WHOLE}


@strikes
def test_a_call_can_be_made_to_fail(program):
    hindered = program(HINDERED)
    second = next(point for point in points(hindered) if (point.name, point.k) == ("write", 2))
    cleared(hindered.cwd)
    assert run_with_error(hindered, second, errno.ENOSPC) == errno.ENOSPC
    cleared(hindered.cwd)
    assert run_with_error(hindered, Point("fsync", 1), errno.EIO) == errno.EIO
    assert left(hindered) is None
    assert (hindered.cwd / "whole.part").read_text() == WHOLE


@strikes
@pytest.mark.parametrize(("lasting", "written"), [(True, ""), (False, "x")])
def test_a_failure_may_last(program, lasting, written):
    script = """
for _ in range(2):
    try:
        with open("log", "ab", buffering=0) as file:
            file.write(b"x")
    except OSError:
        pass
"""
    tenacious = program(script)
    run_with_error(tenacious, Point("write", 1), errno.ENOSPC, lasting=lasting)
    assert (tenacious.cwd / "log").read_text() == written


@strikes
def test_a_point_that_is_not_reached_ends_as_the_program_does(program):
    assert run_with_kill(program(CAREFUL), Point("rename", 2)) == 0
    assert run_with_kill(program("sys.exit(3)"), Point("rename", 1)) == 3


@strikes
def test_a_call_that_another_thread_was_ahead_of_is_hidden(program):
    found = survey(program(THREADS))
    assert [(point.name, point.k) for point in found.points if point.name == "write"] == [
        ("write", 1),
        ("write", 2),
    ]
    assert found.hidden == 2


@strikes
def test_children_are_followed(program):
    parent = program(CHILD)
    made = next(point for point in points(parent) if point.name == "mkdir")
    assert made.what == "by a child"
    cleared(parent.cwd)
    assert run_with_kill(parent, made) == 7


@strikes
def test_a_program_that_hangs_is_stopped_and_gone(program):
    beating = """
import time
while True:
    open("beat", "w").close()
    time.sleep(0.01)
"""
    hanging = program(beating, deadline_seconds=2.0)
    with pytest.raises(subprocess.TimeoutExpired):
        run_with_kill(hanging, Point("rename", 1))
    beat = hanging.cwd / "beat"
    beat.unlink()
    time.sleep(0.1)
    assert not beat.exists()


@strikes
def test_a_program_that_fails_by_itself_has_no_points(program):
    with pytest.raises(RuntimeError, match="ended with 3"):
        points(program("sys.exit(3)"))


RECORD = """\
10 openat(AT_FDCWD</srv>, "early", O_WRONLY|O_CREAT|O_CLOEXEC, 0666) = 3</srv/early>
10 openat(AT_FDCWD</srv>, "conf/marker", O_RDONLY|O_CLOEXEC) = 3</srv/conf/marker>
10 write(3</srv/whole>, ""..., 4 <unfinished ...>
11 write(4<pipe:[55]>, ""..., 1)             = 1
11 write(5<socket:[77]>, ""..., 9)           = 9
10 <... write resumed>)                  = 4
11 write(5<socket:[77]>, ""..., 9)           = -1 EPIPE (Broken pipe)
11 write(1</dev/null>, ""..., 9)             = 9
11 write(1</dev/shm/x>, ""..., 9)            = 9
11 openat(AT_FDCWD</srv>, "late", O_RDWR|O_TRUNC) = 3</srv/late>
+++ exited with 0 +++
"""


def test_a_record_of_strace_is_read():
    assert surveyed(RECORD.splitlines(), "marker") == (
        [
            Point("write", 1, "/srv/whole"),
            Point("write", 2, "socket:[77]"),
            Point("write", 3, "socket:[77]"),
            Point("write", 5, "/dev/shm/x"),
        ],
        1,
    )


def test_calls_that_strace_cannot_count_to_are_hidden(monkeypatch):
    monkeypatch.setattr(kill_points, "MOST", 2)
    found = surveyed(RECORD.splitlines(), "marker")
    assert [point.k for point in found.points] == [1, 2]
    assert found.hidden == 3


MANY = [Point("write", k) for k in range(1, 101)] + [Point("fsync", 1), Point("rename", 1)]


def test_a_sample_is_chosen_by_its_seed_and_keeps_the_order():
    chosen = sample(MANY, 10, seed=1)
    assert len(chosen) == 10
    assert chosen == sample(MANY, 10, seed=1) != sample(MANY, 10, seed=2)
    assert chosen == [point for point in MANY if point in chosen]


@pytest.mark.parametrize("seed", range(20))
def test_a_sample_leaves_no_name_out(seed):
    assert {point.name for point in sample(MANY, 3, seed)} == {"write", "fsync", "rename"}


def test_a_large_sample_is_everything():
    assert sample(MANY, 1000, seed=0) == MANY
    assert sample([], 5, seed=0) == []
