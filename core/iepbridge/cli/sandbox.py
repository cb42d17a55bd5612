"""Play the states' side here: a server with folders, which reads what comes and answers it.

It listens on loopback alone. Under its root it writes keys, known_hosts and an iepbridge.toml
with feeds for the four systems; what it received and answered is listed in book.jsonl there.
"""

import argparse
from typing import Final

from iepbridge.cli.sample import read_count

EXAMPLE: Final = """\
examples:
  iepbridge sandbox --root states
  iepbridge sandbox --root states --personality takes --personality parts --offer 20

and at another terminal:
  cd states
  iepbridge sample --count 100 -o plans/plans.jsonl
  iepbridge run '*-plans'
  iepbridge run '*-acks'

personalities, any of them together:
  takes           takes files away as soon as they have their names
  no-rename-over  refuses a rename onto a name that is taken, as it always does
  no-rename       refuses every rename: `upload = "direct"` is for such
  slow            waits a little before each request
  cuts            cuts connections at bytes that the seed picks
  parts           acknowledges in parts, one pickup after the other
  twice           gives each acknowledgement twice
  late            acknowledges everything one to three pickups late
  weak            offers one old cipher alone, which is refused (exit code 6)

It ends with Ctrl-C or SIGTERM (exit code 0); started again on its root, it goes on.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `sandbox`."""
    parser.add_argument(
        "--root", default="sandbox", metavar="DIR", help="where all of it is (sandbox, here)"
    )
    parser.add_argument(
        "--port", type=_port, default=2222, metavar="P", help="0 takes any that is free (2222)"
    )
    parser.add_argument(
        "--seed",
        type=read_count,
        default=1,
        metavar="K",
        help="a whole number that picks what is rejected, warned of and late (1)",
    )
    parser.add_argument(
        "--personality",
        action="append",
        default=[],
        metavar="P",
        dest="personalities",
        help="what it is like, see below; may be given again",
    )
    parser.add_argument(
        "--offer",
        type=read_count,
        default=0,
        metavar="N",
        help="give a file of up to N made-up plans of each system, for feeds that read (none)",
    )
    parser.add_argument(
        "--every",
        type=_seconds,
        default=1.0,
        metavar="SECONDS",
        help="the time between pickups of what has come (1)",
    )
    parser.add_argument("--json", action="store_true", help="JSON Lines at a terminal, too")


def _port(text: str) -> int:
    number = read_count(text)
    if number > 65535:
        raise argparse.ArgumentTypeError("expected a port, 0 to 65535")
    return number


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.01 <= seconds <= 3600:
        raise argparse.ArgumentTypeError("expected seconds, 0.01 to 3600")
    return seconds


def run(arguments: argparse.Namespace) -> int:
    """Play until a signal ends it, and give the exit code."""
    from iepbridge.cli.sandboxing import perform  # noqa: PLC0415  loads what a server needs

    return perform(arguments)
