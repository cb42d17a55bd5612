"""The deed behind `iepbridge demo`: made-up plans to every system and back again."""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from iepbridge.cli import envelope
from iepbridge.cli.round_trip import Bench, RoundTrip, round_trip
from iepbridge.cli.telling import begin, plans
from iepbridge.errors import Misuse
from iepbridge.exchange import Envelope
from iepbridge.formats import format_names
from iepbridge.output import Outputs
from iepbridge.privacy import escaped
from iepbridge.registry import Registry, load_registry
from iepbridge.sample import write_samples
from iepbridge.settings import load_settings

_SEED = 1
_FIELDS_SHOWN = 5
_RULES_SHOWN = 3
_KINDS = {
    "dropped": "no place for it there",
    "generalised": "a broader code, or plainer characters",
    "defaulted": "a value was demanded, so one was put in",
    "flattened": "carried as text inside another field",
    "unmapped": "kept under extensions",
}


def perform(arguments: argparse.Namespace) -> int:
    """Show the whole flow in a folder; 1 if plans came back other than they went.

    That plans are held is no failure here: some of the made-up ones are meant to be.
    """
    begin(arguments)
    settings = load_settings(arguments.config, os.environ, Path.cwd())
    registry = load_registry()
    systems = _systems(registry)
    folder = _made(Path(arguments.folder))
    sent_as = Envelope(created=envelope.now())
    samples = _sampled(folder / "plans.jsonl", arguments.count)
    bench = Bench(registry, settings.overlays, samples, sent_as)
    _print(f"{plans(arguments.count)} made up, in {samples}")
    trips = [_shown(round_trip(bench, name, _made(folder / name)), registry) for name in systems]
    _print_end(samples, trips, registry)
    return 0 if all(trip.good for trip in trips) else 1


def _systems(registry: Registry) -> list[str]:
    readable, writable = format_names(registry)
    systems = [name for name in sorted(registry.adapters) if name in set(readable) & set(writable)]
    if not systems:
        raise Misuse("No installed system can be read and written; `iepbridge systems` says why.")
    return systems


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else "it cannot be made"
        raise Misuse(f"--folder: {folder}: {reason}; name another folder.") from None
    return folder


def _sampled(path: Path, count: int) -> Path:
    with Outputs() as outputs:
        output = outputs.open(str(path), "--folder")
        write_samples(output.stream, count, _SEED)
        outputs.publish(output)
    return path


def _print(text: str) -> None:
    sys.stdout.write(f"{escaped(text)}\n")
    sys.stdout.flush()


def _shown(trip: RoundTrip, registry: Registry) -> RoundTrip:
    adapter = registry.adapters[trip.system]
    _print("")
    _print(f"{trip.system}: {adapter.title}, release {adapter.release}")
    _print(f"  sent       {plans(trip.out.written)}, in {trip.sent}")
    for line in (*_held(trip), *_lost(trip), _returned(trip)):
        _print(f"  {line}")
    return trip


def _held(trip: RoundTrip) -> Sequence[str]:
    if not trip.out.held:
        return ["held back  none"]
    lines = [f"held back  {plans(trip.out.held)}, and the others went; most often"]
    for rule, count in Counter(trip.out.findings).most_common(_RULES_SHOWN):
        example = trip.examples[rule]
        lines.append(f"             {count:>7,}  {rule}, as in plan {example.plan_id}:")
        lines.append(f"                      {example.message}")
        lines.append(f"                      {example.remedy}")
    return lines


def _lost(trip: RoundTrip) -> Sequence[str]:
    total = sum(trip.out.losses.values())
    if not total:
        return ["lost       nothing"]
    lines = [f"lost       {total:,} values not carried over as they were; most often"]
    for (field, kind), count in trip.fields.most_common(_FIELDS_SHOWN):
        lines.append(f"             {count:>7,}  {field}: {_KINDS.get(kind, kind)}")
    return lines


def _returned(trip: RoundTrip) -> str:
    back = f"came back  {trip.returned:,} of {trip.out.written:,}"
    if trip.differing:
        return f"{back}; {trip.differing:,} differ, and no loss says why: a fault of the mapping"
    return f"{back}; the {trip.same:,} that lost nothing are as they were" if trip.same else back


def _print_end(samples: Path, trips: Sequence[RoundTrip], registry: Registry) -> None:
    first = trips[0]
    _print("")
    for name, broken in sorted(registry.broken.items()):
        _print(f"{name} could not be loaded: {broken.reason}")
    _print("Beside each file: loss.jsonl, findings.jsonl, and back.jsonl, what was read from it.")
    _print("Next:")
    _print(
        f"  iepbridge translate --from canonical --to {first.system} {samples} --loss loss.jsonl"
    )
    _print(f"  iepbridge systems show {first.system}")
    _print("  iepbridge translate --help")
