"""Run `iepbridge` with the arguments given, and write what it took to the file named first.

Run as a process of its own, since a process's peak is that of all it ever did. Without further
arguments, it imports what a translation needs and does nothing.
"""

import json
import sys
import time
from pathlib import Path

from iepbridge.cli import main, translating  # noqa: F401  what a translation needs
from iepbridge.formats import compiled_mapping
from iepbridge.registry import load_registry


def _peak() -> int:
    """Give the most memory that was ever resident, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage gives on Linux may be the parent's, taken over by fork
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    import resource  # noqa: PLC0415  only where it is needed

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS


def _run(arguments: list[str]) -> float:
    """Translate, mappings compiled before, and give the CPU seconds."""
    for adapter in load_registry().adapters.values():
        if adapter.name in arguments:
            compiled_mapping(adapter)
    start = time.process_time()
    code = main(arguments)
    if code not in (0, 1):  # 1: some plans were held back
        sys.exit(code)
    return time.process_time() - start


if __name__ == "__main__":
    result, *rest = sys.argv[1:]
    cpu = _run(rest) if rest else 0.0
    Path(result).write_text(json.dumps({"peak": _peak(), "cpu": cpu}))
