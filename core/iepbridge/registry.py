"""Finds the installed adapters: each entry point is loaded in its own guard."""

import re
import tomllib
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pluggy

from iepbridge import hookspecs
from iepbridge.adapter import Adapter
from iepbridge.errors import Misuse
from iepbridge.mapping.files import MAPPING

GROUP: Final = "iepbridge"
CANONICAL: Final = "canonical"
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class BrokenPlugin:
    """A plugin that could not be loaded: where it came from, and why, in one line."""

    name: str
    distribution: str
    reason: str


@dataclass(frozen=True, slots=True)
class Registry:
    """What is installed: the adapters that work, and those that do not."""

    adapters: Mapping[str, Adapter]
    broken: Mapping[str, BrokenPlugin]

    def adapter_of_input(self, name: str) -> Adapter | None:
        """Give the adapter that reads a further format, which is no system's own."""
        if name in self.adapters or name in self.broken:
            return None
        return next((one for one in self.adapters.values() if name in one.inputs), None)

    def adapter(self, name: str) -> Adapter:
        """Give an adapter by its system's name, or say why there is none."""
        if name in self.adapters:
            return self.adapters[name]
        if name in self.broken:
            broken = self.broken[name]
            raise Misuse(
                f"The plugin {name} ({broken.distribution}) cannot be used: {broken.reason}. "
                "Mend or reinstall it; the other systems work."
            )
        known = ", ".join(sorted(self.adapters)) or "none"
        raise Misuse(f"There is no system {name!r} here. Installed: {known}.")


def load_registry(entries: Iterable[EntryPoint] | None = None) -> Registry:
    """Load every installed adapter; a plugin that fails is listed as broken and harms no other."""
    adapters: dict[str, Adapter] = {}
    broken: dict[str, BrokenPlugin] = {}
    found = entry_points(group=GROUP) if entries is None else entries
    for entry in sorted(found, key=lambda one: one.name):
        if entry.name in adapters or entry.name in broken:
            adapters.pop(entry.name, None)
            broken[entry.name] = _broken(entry, "two distributions give an adapter of this name")
            continue
        try:
            adapters[entry.name] = _load(entry)
        except Misuse as error:
            broken[entry.name] = _broken(entry, str(error))
        except (Exception, SystemExit) as error:  # noqa: BLE001  a plugin may fail in any way
            broken[entry.name] = _broken(entry, f"loading it raised {_where(error)}")
    return Registry(MappingProxyType(adapters), MappingProxyType(broken))


def _load(entry: EntryPoint) -> Adapter:
    manager = pluggy.PluginManager(hookspecs.NAMESPACE)
    manager.add_hookspecs(hookspecs)
    manager.register(entry.load(), entry.name)
    manager.check_pending()
    adapter = manager.hook.iepbridge_adapter()
    if not isinstance(adapter, Adapter):
        raise Misuse("its hook iepbridge_adapter is missing or gave no Adapter")
    if adapter.name != entry.name:
        raise Misuse(f"its adapter is called {adapter.name!r}, its entry point {entry.name!r}")
    if not _NAME.fullmatch(adapter.name) or adapter.name == CANONICAL:
        raise Misuse(f"{adapter.name!r} cannot be a system's name")
    for name in adapter.inputs:
        if not _NAME.fullmatch(name) or not name.startswith(f"{adapter.name}-"):
            raise Misuse(f"its input {name!r} is not called {adapter.name}-something")
    return replace(
        adapter,
        release=_release(adapter),
        distribution=_distribution(entry),
        version=_version(entry),
    )


def _release(adapter: Adapter) -> str:
    """Read which release of the state's layout the adapter's own mapping describes."""
    file = adapter.mappings / MAPPING
    try:
        return str(tomllib.loads(file.read_text("utf-8-sig"))["mapping"]["release"])
    except (OSError, ValueError, KeyError, TypeError):
        raise Misuse(f"its mapping {file} is missing or states no release") from None


def _where(error: BaseException) -> str:
    """Name an error by its type and the line that raised it; its text may say anything."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} ({Path(last.filename).name}:{last.lineno})"


def _broken(entry: EntryPoint, reason: str) -> BrokenPlugin:
    return BrokenPlugin(entry.name, _distribution(entry), reason)


def _distribution(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else "unknown distribution"


def _version(entry: EntryPoint) -> str:
    return entry.dist.version if entry.dist else "unknown"
