"""A feed out, from its source to a folder, in one run: time and memory for few plans and many."""

import base64
import secrets
import shutil
import statistics
from pathlib import Path

from bench.command import Bench, Taken, bench
from bench.sides import SYSTEMS
from bench.table import show

COUNT = 100_000
ROUNDS = 1
MOST_RATIO = 1.15
_SHARE = 4
_CONFIGURATION = """
[ledger]
key = {{ file = "key" }}

[endpoints.folder]
url = "file:folder"

[feeds.{system}]
direction = "out"
system = "{system}"
source = "{source}"
endpoint = "folder"
sender = "GCWS"
receiver = "STATE"
batch_size = {batch_size}
"""


def run(count: int, rounds: int) -> None:
    """Print a row for each system."""
    few = max(1, count // _SHARE)
    with bench(count + few) as work:
        rows = [_row(work, system, (few, count), rounds) for system in SYSTEMS]
    show(
        f"feeds: `iepbridge run` of a feed out, {count:,} against {few:,} plans, rounds: {rounds}"
        f" (goal: at most {MOST_RATIO} times the memory, 1.2 times the time a plan)",
        ("system", "peak, many / few", "MiB", "time a plan, many / few"),
        rows,
    )


def _row(work: Bench, system: str, counts: tuple[int, int], rounds: int) -> tuple[str, ...]:
    few, many = counts
    taken = [[sent(work, system, count) for count in counts] for _ in range(rounds)]
    ratio = statistics.median(large.peak / small.peak for small, large in taken)
    most = max(one.peak for pair in taken for one in pair)
    each = statistics.median(large.cpu / many * few / small.cpu for small, large in taken)
    return system, f"{ratio:.2f}", f"{most / 2**20:.0f}", f"{each:.2f}"


def sent(work: Bench, system: str, count: int, batch_size: int = 5_000) -> Taken:
    """Run a feed once over sampled plans, with a ledger of its own; nothing of it is left."""
    source = work.plans(count)
    site = source.with_name(f"site-{system}-{count}")
    (site / "folder").mkdir(parents=True)
    _write_private(site / "key", f"bench:{base64.b64encode(secrets.token_bytes(32)).decode()}")
    configuration = site / "iepbridge.toml"
    given = {"system": system, "source": source, "batch_size": batch_size}
    configuration.write_text(_CONFIGURATION.format(**given))
    taken = work.run("run", system, "--config", str(configuration))
    shutil.rmtree(site)
    return taken


def _write_private(path: Path, text: str) -> None:
    path.touch(0o600)
    path.write_text(text)
