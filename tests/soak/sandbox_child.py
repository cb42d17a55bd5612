"""The sandbox in a process of its own, told when to look: `python -m tests.soak.sandbox_child`.

Answers each line with a line: `pickup`, or `settle` until every answer is out.
"""

import logging
import sys
from pathlib import Path

from iepbridge.sandbox import Sandbox


def main(root: str, seed: str, *personalities: str) -> None:
    """Serve until standard input ends."""
    logging.getLogger("paramiko").addHandler(logging.NullHandler())  # it tells of every cut
    with Sandbox(Path(root), seed=int(seed), personalities=personalities) as box:
        _tell(str(box.port))
        for line in sys.stdin:
            read = box.settle() if line.strip() == "settle" else box.pickup()
            _tell(str(len(read)))


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
