"""What a plugin gives the core for one system: a frozen value, and nothing that runs by itself."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from iepbridge.iep_event import Completed, as_it_is
from iepbridge.plan import Plan


@dataclass(frozen=True, slots=True)
class Adapter:
    """One system: its name in commands, its title for people, its mapping, and what it derives.

    `mappings` is the folder that holds the system's `mapping.toml`, `fields.csv` and code tables.
    `complete` adds what the system needs and the plan does not say (an IEP event), in plan terms.
    The registry fills in the rest: `release` of the state's layout, as its mapping states it, and
    the `distribution` and `version` of the installed package.
    """

    name: str
    title: str
    mappings: Path
    complete: Callable[[Plan], Completed] = as_it_is
    release: str = ""
    distribution: str = ""
    version: str = ""
