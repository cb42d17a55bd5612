"""What differs, for a person at a terminal: a block for each plan."""

import io
from typing import BinaryIO, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from iepbridge.change.files import Difference
from iepbridge.cli.diff_lines import Systems, deed, owed, significant_for
from iepbridge.privacy import escaped

_KIND_WIDTH: Final = len("work_activity")
_EFFECT_WIDTH: Final = len("removed")
_STYLES: Final = {"added": "green", "removed": "red", "changed": ""}


class View:
    """Writes what differs as text for a terminal of some width."""

    def __init__(self, stream: BinaryIO, systems: Systems, *, width: int, colours: bool) -> None:
        self._systems = systems
        self._text = io.TextIOWrapper(stream, "utf-8", write_through=True)
        self._console = Console(
            file=self._text, width=width, force_terminal=colours, no_color=not colours
        )

    def add(self, one: Difference) -> None:
        """Write one plan's block."""
        self._console.print(_heading(one))
        if one.changes:
            self._console.print(self._table(one))
            self._console.print(Text(f"  {self._verdict(one)}"))

    def _table(self, one: Difference) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_column(width=0)
        table.add_column(min_width=_KIND_WIDTH)
        table.add_column(min_width=_EFFECT_WIDTH)
        for change in one.changes:
            table.add_row(
                "",
                change.kind,
                Text(change.effect, style=_STYLES[change.effect]),
                Text(escaped(change.path), overflow="fold"),
                ", ".join(significant_for([change], one, self._systems)),
            )
        return table

    def _verdict(self, one: Difference) -> str:
        systems = significant_for(one.changes, one, self._systems)
        if not systems:
            return "not significant"
        signers = ", ".join(owed(one, self._systems)) or "nobody; both have signed"
        return f"significant for {', '.join(systems)}; must sign: {signers}"

    def finish(self) -> None:
        """Give the stream back as it was."""
        self._text.detach()


def _heading(one: Difference) -> Text:
    what = deed(one)
    said = f"version {_versions(one)}" + ("" if one.changes else f", {what}")
    return Text.assemble((one.plan_id, "bold"), "  ", (said, _STYLES[what]))


def _versions(one: Difference) -> str:
    if one.old_version == one.new_version:
        return f"{one.new_version}, under the same number"
    return " to ".join(str(own) for own in (one.old_version, one.new_version) if own is not None)
