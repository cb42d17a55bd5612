"""From the files of a mapping to its layout, or to all its mistakes."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from iepbridge.errors import MappingMistakes
from iepbridge.mapping.files import FIELDS, MAPPING, SourceFile, find_files
from iepbridge.mapping.groups import Builder
from iepbridge.mapping.kits import KITS
from iepbridge.mapping.layout import (
    Default,
    FlatPart,
    Flattened,
    Forms,
    Layout,
)
from iepbridge.mapping.lint import lint
from iepbridge.mapping.mistakes import Mistakes
from iepbridge.mapping.rows import crosswalks, field_rows
from iepbridge.mapping.settings import (
    DefaultTable,
    FlattenedTable,
    FormsTable,
    Settings,
    read_settings,
)
from iepbridge.plan.shape import Path as CanonicalPath
from iepbridge.plan.shape import parse_path, shape_at
from iepbridge.toml_lines import line_of

_NEEDED: Final = (MAPPING, FIELDS)


def read_layout(system: str, folder: Path, overlays: Sequence[Path] = ()) -> Layout:
    """Read the mapping of a system; raise `MappingMistakes` with every mistake found."""
    files = find_files(system, folder, overlays)
    missing = [f"{folder / name}:1: this file is missing" for name in _NEEDED if name not in files]
    if missing:
        raise MappingMistakes(system, missing)
    mistakes = Mistakes()
    layout = _build(system, files, mistakes)
    if layout is None or mistakes.lines():
        raise MappingMistakes(system, mistakes.lines())
    return layout


def _build(system: str, files: dict[str, SourceFile], mistakes: Mistakes) -> Layout | None:
    settings = read_settings(files[MAPPING], mistakes)
    tables = crosswalks(files, mistakes)
    builder = Builder(field_rows(files[FIELDS], mistakes), tables, files[FIELDS], mistakes)
    frame, plan = builder.build()
    if settings is None or plan is None:
        return None
    if settings.mapping.system != system:
        line = line_of(files[MAPPING].text, ("mapping", "system"))
        mistakes.add(files[MAPPING], line, f"mapping.system: expected {system!r}, like the folder")
    layout = _Settled(settings, files[MAPPING], mistakes).layout(files)
    layout = replace(layout, frame=frame, plan=plan)
    lint(layout, mistakes, KITS[layout.file.codec].lint)
    return layout


class _Settled:
    """Turns the settings into values, checking the canonical paths they name."""

    def __init__(self, settings: Settings, source: SourceFile, mistakes: Mistakes) -> None:
        self._settings = settings
        self._source = source
        self._mistakes = mistakes

    def layout(self, files: dict[str, SourceFile]) -> Layout:
        """Give the layout but for its frame and groups."""
        settings = self._settings
        return Layout(
            system=settings.mapping.system,
            title=settings.mapping.title,
            release=settings.mapping.release,
            file=settings.file,
            forms=_forms(settings.forms),
            constants={
                self._path("constants", key): one for key, one in settings.constants.items()
            },
            defaults=self._defaults(),
            flattened=tuple(map(self._flattened, settings.flattened, range(99))),
            ids={self._path("ids", key): one for key, one in settings.ids.items()},
            frame=(),
            plan=None,  # type: ignore[arg-type]
            sources=files,
        )

    def _defaults(self) -> dict[CanonicalPath, Default]:
        return {
            self._path("defaults", key): self._default(key, table)
            for key, table in self._settings.defaults.items()
        }

    def _default(self, key: str, table: DefaultTable) -> Default:
        sources = tuple(self._known(one, ("defaults", key, "from")) for one in table.values)
        return Default(table.value, sources, *next(iter(table.when.items())))

    def _flattened(self, table: FlattenedTable, index: int) -> Flattened:
        parts = tuple(FlatPart(part.field, part.before, part.label) for part in table.parts)
        canonical = self._known(table.canonical, ("flattened", index, "canonical"))
        into = self._known(table.into, ("flattened", index, "into"))
        return Flattened(canonical, into, table.line, parts)

    def _path(self, table: str, key: str) -> CanonicalPath:
        return self._known(key, (table, key))

    def _known(self, text: str, where: tuple[str | int, ...]) -> CanonicalPath:
        path = parse_path(text)
        if path is None or shape_at(path) is None:
            line = line_of(self._source.text, where)
            what = f"{'.'.join(map(str, where))}: the plan has no field {text!r}"
            self._mistakes.add(self._source, line, what)
        return path or ()


def _forms(table: FormsTable) -> Forms:
    flag = table.flag
    return Forms(table.date, flag.true, flag.false, table.leading_zeros, table.decimals)
