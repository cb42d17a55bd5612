"""What a plugin gives the core for one system: a frozen value, and nothing that runs by itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from iepbridge.acknowledgement import Acknowledgement, AnsweredFile
from iepbridge.change import Significance
from iepbridge.exchange import PlanReader
from iepbridge.iep_event import Completed, as_it_is
from iepbridge.mapping.layout import Layout
from iepbridge.plan import Plan
from iepbridge.policy import Rule


@dataclass(frozen=True, slots=True)
class Acknowledgements:
    """How a system answers files: four functions.

    `read(stream, name)` reads the file of that name, raising `Unreadable`; `write` raises
    `NotCarried`, with nothing written, for what the system has no place for. `name(file name,
    part)` names the acknowledgement of a file, or a part of it; `answered(name)` is its inverse,
    None for a name that is no acknowledgement's. Names are without a folder.
    """

    read: Callable[[BinaryIO, str], Acknowledgement]
    write: Callable[[Acknowledgement, BinaryIO], None]
    name: Callable[[str, int | None], str]
    answered: Callable[[str], AnsweredFile | None]


@dataclass(frozen=True, slots=True)
class Adapter:
    """One system: its name in commands, its title for people, its mapping, and what it derives.

    `mappings` is the folder that holds the system's `mapping.toml`, `fields.csv` and code tables.
    `complete` adds what the system needs and the plan does not say (an IEP event), in plan terms.
    `update` does so where the version sent before is known: it gets the plan, that version as it
    came from its source, and whether the change is significant for the system; without `update`,
    `complete` does.
    `acknowledgements` reads and writes the system's answers, where it gives any. `inputs` are
    further files of the system that can only be read, by format name (`<system>-...`): each makes
    a reader from the mapping's layout.
    `rules` are what its policy asks of a plan, `significant` the changes that it calls significant.
    The registry fills in the rest: `release` of the state's layout, as its mapping states it, and
    the `distribution` and `version` of the installed package.
    """

    name: str
    title: str
    mappings: Path
    complete: Callable[[Plan], Completed] = as_it_is
    update: Callable[[Plan, Plan, bool], Completed] | None = None
    acknowledgements: Acknowledgements | None = None
    inputs: Mapping[str, Callable[[Layout], PlanReader]] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    significant: Significance = field(default_factory=Significance)
    release: str = ""
    distribution: str = ""
    version: str = ""
