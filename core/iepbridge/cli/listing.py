"""The deed behind `iepbridge systems`: what the registry knows, for people and for programs."""

import argparse
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from iepbridge.adapter import Adapter
from iepbridge.cli.parser import near
from iepbridge.cli.rows import is_plain
from iepbridge.cli.telling import begin
from iepbridge.errors import Misuse
from iepbridge.formats import compiled_mapping, format_names
from iepbridge.mapping.files import find_files
from iepbridge.policy import Rule
from iepbridge.privacy import escaped
from iepbridge.registry import Registry, load_registry
from iepbridge.settings import load_settings

_Row: TypeAlias = Mapping[str, Any]


def perform(arguments: argparse.Namespace) -> int:
    """List every system, or show the one that is named."""
    begin(arguments)
    registry = load_registry()
    overlays = load_settings(arguments.config, os.environ, Path.cwd()).overlays
    plain = is_plain(arguments)
    match arguments.what:
        case []:
            rows = _systems(registry, overlays)
            _write_lines(rows) if plain else _print_table(rows)
        case ["show", name]:
            row = _shown(name, registry, overlays)
            _write_lines([row]) if plain else _print_one(row)
        case _:
            raise Misuse("`systems` takes nothing, or `show` and one system's name.")
    return 0


def _systems(registry: Registry, overlays: Sequence[Path]) -> list[_Row]:
    found = [_tried(registry.adapters[name], registry, overlays) for name in registry.adapters]
    lost = [_broken(one.name, one.distribution, one.reason) for one in registry.broken.values()]
    return sorted([*found, *lost], key=lambda row: (row["state"] == "broken", row["system"]))


def _tried(adapter: Adapter, registry: Registry, overlays: Sequence[Path]) -> _Row:
    """Describe an adapter, once its mapping has been read and compiled."""
    try:
        layout = compiled_mapping(adapter, overlays).layout
    except Misuse as error:
        return _broken(adapter.name, adapter.distribution, " | ".join(str(error).splitlines()))
    return {**_row(adapter, registry), "release": layout.release}


def _broken(system: str, distribution: str, reason: str) -> _Row:
    return {"system": system, "state": "broken", "distribution": distribution, "reason": reason}


def _row(adapter: Adapter, registry: Registry) -> dict[str, Any]:
    readable, writable = format_names(registry)
    return {
        "system": adapter.name,
        "state": "ready",
        "title": adapter.title,
        "release": adapter.release,
        "distribution": adapter.distribution,
        "version": adapter.version,
        "reads": _formats(adapter.name, readable),
        "writes": _formats(adapter.name, writable),
    }


def _formats(system: str, names: Iterable[str]) -> list[str]:
    """Pick a system's own formats: its name, or its name with a suffix (`icc-report`)."""
    return sorted(name for name in names if name == system or name.startswith(f"{system}-"))


def _shown(name: str, registry: Registry, overlays: Sequence[Path]) -> _Row:
    if name in registry.broken:
        raise Misuse(f"{name} is installed and cannot be loaded: {registry.broken[name].reason}")
    if name not in registry.adapters:
        known = ", ".join(sorted(registry.adapters))
        raise Misuse(f"No system {name!r}{near(name, registry.adapters)} Installed: {known}.")
    adapter = registry.adapters[name]
    files = find_files(name, adapter.mappings, overlays).values()
    return {
        **_row(adapter, registry),
        "release": compiled_mapping(adapter, overlays).layout.release,
        "rules": [_rule(one) for one in adapter.rules],
        "mapping": [{"path": str(file.path), "sha256": file.digest} for file in files],
    }


def _rule(rule: Rule) -> dict[str, str]:
    severity = f"{rule.severity}, {rule.otherwise}" if rule.otherwise else rule.severity
    told = {"id": rule.id, "severity": severity, "must": rule.must, "path": rule.path}
    return {**told, "clause": rule.clause, "source": rule.source}


def _write_lines(rows: Iterable[_Row]) -> None:
    for row in rows:
        sys.stdout.buffer.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()


def _print_table(rows: Iterable[_Row]) -> None:
    table = Table("system", "of", "release", "adapter", "reads", "writes")
    for row in rows:
        if row["state"] == "broken":
            reason = Text(escaped(f"cannot be loaded: {row['reason']}"), style="red")
            table.add_row(Text(escaped(row["system"])), reason, "", row["distribution"] or "")
        else:
            table.add_row(*map(Text, _cells(row)))
    Console().print(table)


def _cells(row: _Row) -> list[str]:
    adapter = f"{row['distribution']} {row['version']}"
    reads, writes = ", ".join(row["reads"]), ", ".join(row["writes"])
    return [row["system"], row["title"], row["release"], adapter, reads, writes]


def _print_one(row: _Row) -> None:
    console = Console()
    facts = Table.grid(padding=(0, 2))
    for name in ("system", "title", "release", "distribution", "version"):
        facts.add_row(Text(name), Text(row[name]))
    for name in ("reads", "writes"):
        facts.add_row(Text(name), Text(", ".join(row[name]) or "none yet"))
    files = Table("mapping file", "SHA-256")
    for file in row["mapping"]:
        files.add_row(
            Text(escaped(file["path"]), overflow="fold"), Text(file["sha256"], overflow="fold")
        )
    console.print(facts, files)
    if row["rules"]:
        rules = Table("rule", "severity", "the plan must", "clause")
        for rule in row["rules"]:
            rules.add_row(*(Text(rule[key]) for key in ("id", "severity", "must", "clause")))
        console.print(rules)
