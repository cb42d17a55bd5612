"""The formats by name: the canonical one, and one of each installed adapter."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import BinaryIO

from iepbridge.adapter import Adapter
from iepbridge.codecs.jsonl import JsonLinesReader, JsonLinesWriter
from iepbridge.errors import MappingMistakes
from iepbridge.exchange import Envelope, PlanReader, PlanWriter
from iepbridge.iep_event import Completed
from iepbridge.mapping.compiled import Compiled
from iepbridge.mapping.frame import file_id
from iepbridge.mapping.kits import KITS, Kit
from iepbridge.mapping.read import read_layout
from iepbridge.plan import Plan
from iepbridge.registry import CANONICAL, Registry


def format_names(registry: Registry) -> tuple[list[str], list[str]]:
    """Give the names of the formats that can be read, and of those that can be written."""
    names = [CANONICAL, *sorted(registry.adapters)]
    inputs = {name for adapter in registry.adapters.values() for name in adapter.inputs}
    return [*names, *sorted(inputs - set(names))], names


def open_reader(name: str, registry: Registry, overlays: Sequence[Path] = ()) -> PlanReader:
    """Make a reader for one file of a format; raise `Misuse` where there is no such format."""
    if name == CANONICAL:
        return JsonLinesReader()
    owner = registry.adapter_of_input(name)
    if owner is not None:
        return owner.inputs[name](compiled_mapping(owner, overlays).layout)
    compiled = compiled_mapping(registry.adapter(name), overlays)
    return _kit(compiled).reader(compiled)


def open_writer(
    name: str,
    registry: Registry,
    stream: BinaryIO,
    envelope: Envelope,
    *,
    losses: bool,
    overlays: Sequence[Path] = (),
    complete: Callable[[Plan], Completed] | None = None,
) -> PlanWriter:
    """Make a writer of one file of a format; `losses` says whether loss lines are wanted.

    `complete` is asked instead of the adapter's own function.
    """
    if name == CANONICAL:
        return JsonLinesWriter(stream)
    adapter = registry.adapter(name)
    compiled = compiled_mapping(adapter, overlays)
    make = _kit(compiled).writer
    return make(compiled, stream, envelope, complete or adapter.complete, losses=losses)


def file_name(adapter: Adapter, envelope: Envelope, overlays: Sequence[Path] = ()) -> str:
    """Give the name of a file with this envelope (rule 1 of the interface documents)."""
    layout = compiled_mapping(adapter, overlays).layout
    return file_id(layout, envelope) + layout.file.extension


def compiled_mapping(adapter: Adapter, overlays: Sequence[Path] = ()) -> Compiled:
    """Read and compile an adapter's mapping, a deployment's overlay files winning."""
    return _compiled(adapter.name, adapter.mappings, tuple(overlays))


@cache
def _compiled(name: str, folder: Path, overlays: tuple[Path, ...]) -> Compiled:
    layout = read_layout(name, folder, overlays)
    try:
        return KITS[layout.file.codec].compile(layout)
    except Exception as error:  # noqa: BLE001  a mapping may be wrong in any way
        what = f"{folder}:1: these files do not go together ({type(error).__name__})"
        raise MappingMistakes(name, [what]) from None


def _kit(compiled: Compiled) -> Kit:
    return KITS[compiled.layout.file.codec]
