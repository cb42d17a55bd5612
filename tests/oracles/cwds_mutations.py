"""What a careless sender, a bad day or an attacker may do to one place of a CWDS file."""

import random
from typing import Final

from tests.oracles.cwds_files import records_of, refiled
from tests.oracles.cwds_places import PLACES

VALUES: Final = (
    "", "x", " x", "0", "1", "7", "03", "001", "002", "999", "00", "+1", "-1", "1.5", " 1", "²",
    "20240229", "20240230", "2024022 ", "00000000", "2024-02-29", "Y", "N", "y", "A", "WA", "WIS02",
    "OTHR", "CL", "A B", "P2", "G1", "G9", "B1", "S2", "PLAN_1-a", "Title", "Story", "Wage",
    "Status", "é", "€", "\u00a0", "\\n", "\\\\", "\\", "\\x", "a\\eb", "\\e", "x\\", "\t", "\x00",
    "goals", "services goals", "goals  reviews", "x" * 40,
)  # fmt: skip
_FURTHER: Final = ((44, 6), (50, 20), (70, 3), (73, 200))
KINDS: Final = ("10", "11", "15", "16", "25", "26", "50", "51", "53", "55", "70", "80", "90", "99")


def mutated(content: bytes, seed: int) -> bytes:
    """Change one place of a file, its numbers and counts made anew; the same for the same seed."""
    chance = random.Random(seed)
    records = records_of(content)
    at = chance.randrange(len(records))
    act = chance.randrange(12)
    if act == 0:
        del records[at]
    elif act == 1:
        records.insert(chance.randrange(len(records) + 1), records[at])
    elif act == 2:
        records.insert(chance.randrange(len(records)), records.pop(at))
    elif act == 3:
        records[at] = chance.choice(KINDS) + records[at][2:]
    elif act == 4:
        records.insert(at + 1, _further(chance, records[at]))
    elif act == 5:
        records[at] = _somewhere(chance, records[at])
    else:
        records[at] = _in_a_field(chance, records[at])
    return refiled(records)


def _further(chance: random.Random, record: str) -> str:
    """Make an `80` for a record, most often one that is as it should be."""
    owner = record[44:50] if record[:2] == "80" else record[2:8]
    names = [*PLACES.get(record[:2], ()), "Wage"]
    further = f"80{record[2:44]}{owner}{chance.choice(names):<20}001{chance.choice(VALUES)}"
    return further.ljust(300)


def _somewhere(chance: random.Random, record: str) -> str:
    """Put a text anywhere behind the number, also where no field is."""
    text = chance.choice(VALUES)[:20]
    at = chance.randrange(8, 301 - len(text))
    return record[:at] + text + record[at + len(text) :]


def _in_a_field(chance: random.Random, record: str) -> str:
    places = PLACES.get(record[:2], {}).values()
    spans = [(one.position - 1, one.size) for one in places if one.position] or _FURTHER
    start, size = chance.choice([(8, 36), *spans])
    text = chance.choice(VALUES)[:size].ljust(size)
    return record[:start] + text + record[start + size :]
