"""What a careless sender, a bad day or an attacker may do to one place of an ICC file."""

import random
from typing import Final

from tests.oracles import icc_rows
from tests.oracles.icc_texts import MANIFEST, MARK, packed, unpacked

Cells = list[list[str]]

VALUES: Final = (
    "", " ", "x", "0", "-1", "1", "2", "3", "03", "²", "99", "2024-02-30", "02/30/2024",
    "13/01/2024", "1/2/2024", "01/02/2024", " 01/02/2024", "Y", "y", "maybe", "205", "219", "F01",
    "OTHER", "other", "CUST", "A", "x" * 300, "a|b", 'say "so"', "a\r\nb", "a\rb", "é", "\u00a0",
    "P2", "PLAN_1-a", "G1", "G9", "B1", "S2", "A B", "goals", "services goals", "[]", "[{}]",
    '[{"scale":"a"}]', '[{"value":1.50}]', '[{"value":"1"}]', '[{"label":"a"}]',
    '["2024-02-29"]', '["2024-02-30"]', "[", "null", "\0",
)  # fmt: skip


def mutated(content: bytes, seed: int) -> bytes:
    """Change one place of a file, its manifest made anew; the same for the same seed."""
    chance = random.Random(seed)
    texts = unpacked(content)
    member = chance.choice([name for name in texts if name != MANIFEST])
    rows, _ = icc_rows.read((MARK + texts[member]).encode())
    texts[member] = "".join(map(_line, _changed(chance, rows)))
    return packed(texts)


def _changed(chance: random.Random, rows: Cells) -> Cells:
    head, body = rows[:1], rows[1:]
    row = chance.randrange(len(body))
    act = chance.randrange(10)
    if act == 0:
        del body[row]
    elif act == 1:
        body.insert(chance.randrange(len(body) + 1), list(body[row]))
    elif act == 2:
        body.insert(chance.randrange(len(body)), body.pop(row))
    else:
        body[row][chance.randrange(len(head[0]))] = chance.choice(VALUES)
    return head + body


def _line(cells: list[str]) -> str:
    return "|".join(map(_cell, cells)) + "\r\n"


def _cell(text: str) -> str:
    if any(sign in text for sign in '|"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
