"""What each codec brings: how its layouts are checked and compiled, how files are read, written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Final, Protocol

from iepbridge.exchange import Envelope, PlanReader, PlanWriter
from iepbridge.iep_event import Completed
from iepbridge.mapping.compiled import Compiled
from iepbridge.mapping.delimited.compile import compile_delimited
from iepbridge.mapping.delimited.lint import lint_delimited
from iepbridge.mapping.delimited.reader import DelimitedPlanReader
from iepbridge.mapping.delimited.writer import DelimitedPlanWriter
from iepbridge.mapping.fixed.compile import compile_fixed
from iepbridge.mapping.fixed.lint import lint_fixed
from iepbridge.mapping.fixed.reader import FixedPlanReader
from iepbridge.mapping.fixed.writer import FixedPlanWriter
from iepbridge.mapping.layout import Layout
from iepbridge.mapping.mistakes import Found
from iepbridge.mapping.xml.compile import compile_xml
from iepbridge.mapping.xml.lint import lint_xml
from iepbridge.mapping.xml.reader import XmlPlanReader
from iepbridge.mapping.xml.writer import XmlPlanWriter
from iepbridge.plan import Plan


class MakeWriter(Protocol):
    """Makes the writer of one file."""

    def __call__(
        self,
        compiled: Compiled,
        stream: BinaryIO,
        envelope: Envelope,
        complete: Callable[[Plan], Completed],
        *,
        losses: bool,
    ) -> PlanWriter:
        """Begin a file on a stream that can seek."""


@dataclass(frozen=True, slots=True)
class Kit:
    """One codec: `lint` finds mistakes in the table of fields by line, the others work."""

    lint: Callable[[Layout], Found]
    compile: Callable[[Layout], Compiled]
    reader: Callable[[Compiled], PlanReader]
    writer: MakeWriter


KITS: Final = {
    "delimited": Kit(lint_delimited, compile_delimited, DelimitedPlanReader, DelimitedPlanWriter),
    "fixed": Kit(lint_fixed, compile_fixed, FixedPlanReader, FixedPlanWriter),
    "xml": Kit(lint_xml, compile_xml, XmlPlanReader, XmlPlanWriter),
}
