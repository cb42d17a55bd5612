"""The product against xsdata on the same TWIST file, each in its own process."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bench.rounds import Times, interleaved, ratio, seconds
from bench.sides import (
    Workload,
    into_nothing,
    product_arrivals,
    product_in,
    product_out,
    product_writer,
    workload,
)
from bench.table import show

COUNT = 500
ROUNDS = 5
LEAST = {"out": 15, "in": 8}
_HERE = Path(__file__).parent
_SCHEMA = _HERE.parent / "core" / "iepbridge" / "sandbox" / "twist.xsd"
_VARIABLE = "IEPBRIDGE_PEERS"


def run(count: int, rounds: int) -> None:
    """Print a row for each way, or say why there is none."""
    python = os.environ.get(_VARIABLE, sys.executable)
    if not _has_xsdata(python):
        print(
            f"peers: skipped, {python} has no xsdata. Install `xsdata[cli,lxml]` into an "
            f"environment of its own and name its Python in {_VARIABLE}."
        )
        return
    work = workload("twist", count)
    with tempfile.TemporaryDirectory() as folder, _peer(python, Path(folder), work) as peer:
        ours = {name: partial(seconds, side) for name, side in _sides(work).items()}
        theirs = {f"peer {name}": partial(_asked, peer, name) for name in ours}
        times = interleaved({**ours, **theirs}, rounds)
    show(
        f"peers: xsdata's times as iepbridge's, TWIST, {count:,} plans, {rounds} rounds",
        ("way", "JSON and XML", "half of the rounds", "XML alone", "half of the rounds", "goal"),
        [_row(times, way) for way in LEAST],
    )
    print(
        "  JSON and XML: one to the other; XML alone: between the objects in memory and XML.\n"
        "  iepbridge has the model, all checks and reports on, xsdata looks at types alone."
    )


def _sides(work: Workload) -> dict[str, Callable[[], None]]:
    return {
        "out": partial(into_nothing, product_out, "twist", work.lines),
        "in": partial(into_nothing, product_in, "twist", work.file),
        "XML out": partial(into_nothing, product_writer, work),
        "XML in": partial(product_arrivals, work),
    }


def _row(times: Times, way: str) -> tuple[str, ...]:
    whole, xml = ratio(times, f"peer {way}", way), ratio(times, f"peer XML {way}", f"XML {way}")
    return way, str(whole), whole.spread, str(xml), xml.spread, f"at least {LEAST[way]}"


def _has_xsdata(python: str) -> bool:
    try:
        asked = subprocess.run([python, "-c", "import xsdata"], capture_output=True, check=False)
    except OSError:
        return False
    return asked.returncode == 0


@contextmanager
def _peer(python: str, folder: Path, work: Workload) -> Iterator[subprocess.Popen[str]]:
    """Start the peer's process with classes made from the schema."""
    folder.joinpath("plans.xml").write_bytes(work.file)
    generate = ["-m", "xsdata", "generate", str(_SCHEMA), "--package", "twist_types"]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    made = {**os.environ, "PATH": path}  # xsdata calls ruff
    subprocess.run([python, *generate], cwd=folder, env=made, check=True, capture_output=True)
    process = subprocess.Popen(
        [python, str(_HERE / "peer.py"), "plans.xml"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdin is not None
        if process.stdout.readline() != f"{len(work.arrivals)}\n":
            raise RuntimeError("xsdata found another number of plans in the file")
        yield process
        process.stdin.close()


def _asked(peer: subprocess.Popen[str], work: str) -> float:
    assert peer.stdin is not None
    assert peer.stdout is not None
    peer.stdin.write(f"{work}\n")
    peer.stdin.flush()
    return float(peer.stdout.readline())
