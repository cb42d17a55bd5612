"""The deed behind `iepbridge sample`."""

import argparse

from iepbridge.cli.console import say
from iepbridge.cli.telling import begin, plans
from iepbridge.cli.translating import standard_output
from iepbridge.output import Outputs
from iepbridge.sample import write_samples


def perform(arguments: argparse.Namespace) -> int:
    """Write as many plans as the options say and give the exit code."""
    speaking = begin(arguments)
    with Outputs(standard=standard_output()) as outputs:
        output = outputs.open(arguments.output, "-o")
        write_samples(output.stream, arguments.count, arguments.seed)
        outputs.publish(output)
    if speaking.person and not speaking.silent and arguments.output != "-":
        say(f"{plans(arguments.count)} in {arguments.output}. Try them:")
        say(f"  iepbridge translate --from canonical --to canonical {arguments.output}")
    return 0
