"""A process that runs feed `in` of a folder once, and tells its exit code and highest memory."""

import json
import sys
from pathlib import Path

from tests.servers.ledgers import KEY

from iepbridge.crypto import Keyring
from iepbridge.ledger import open_ledger_at
from iepbridge.registry import load_registry
from iepbridge.runs.run import run_feed
from iepbridge.runs.workplace import Workplace
from iepbridge.settings import load_settings


def peak_kib() -> int:
    """Give the highest memory since this program began; `ru_maxrss` counts its parent's, too."""
    status = Path("/proc/self/status").read_text()
    (line,) = (one for one in status.splitlines() if one.startswith("VmHWM:"))
    return int(line.split()[1])


def main() -> None:
    folder = Path(sys.argv[1])
    with open_ledger_at(f"sqlite:///{folder}/iepbridge.db", Keyring.parse(KEY)) as ledger:
        settings = load_settings(None, {}, folder)
        outcome = run_feed(Workplace(settings, load_registry(), ledger), sys.argv[2])
    told = {"code": outcome.code, "counts": outcome.counts, "peak": peak_kib()}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
