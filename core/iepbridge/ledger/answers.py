"""What systems answered: each answer written down, each applied once, forward only.

What is known of a plan only ever goes up, so it does not matter in which order, or how often,
acknowledgements come (`reliability.md` 7):

    nothing < its file was refused < its file was accepted and did not name it
            < it was rejected by name < accepted by name < accepted by name with warnings
"""

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import Connection, func, insert, select, update

from iepbridge.acknowledgement import ACCEPTED, REJECTED, WARNINGS, Message, Status
from iepbridge.crypto import Sealed
from iepbridge.ledger.places import answer_place
from iepbridge.ledger.schema import answers, batches, held, plan_versions
from iepbridge.ledger.transaction import Transaction

_RANK: Final = {None: 0, REJECTED: 1, ACCEPTED: 2, WARNINGS: 3}
_BY_NAME: Final = 2
"""How much more an answer counts that names the plan: a mere rejection outweighs no mention."""

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,31}")
_PLACE: Final = re.compile(r"[A-Za-z0-9_.:/@#{}\[\]()-]{1,200}")
_PERSONS_NUMBER: Final = re.compile(r"[0-9]{3}-?[0-9]{2}-?[0-9]{4}")


class Told(NamedTuple):
    """One answer as it is written down: place 0 is the whole file; `applied` once it counted."""

    place: int
    batch_id: int | None
    entry_id: int | None
    plan_id: str | None
    version: int | None
    status: Status
    applied: bool
    messages: Sequence[Message]


def goes_up(before: str | None, status: Status) -> bool:
    """Say whether an answer changes what was answered to a file before."""
    return _RANK[status] > _RANK[before]


def outweighs(status: Status, before: str | None, *, named: bool, named_before: bool) -> bool:
    """Say whether an answer changes what is known of a plan; each may name it, or its file."""
    known = 0 if before is None else _RANK[before] + named_before * _BY_NAME
    return _RANK[status] + named * _BY_NAME > known


def contradicts(before: str | None, status: Status) -> bool:
    """Say whether a rejection comes for what was accepted."""
    return status == REJECTED and _RANK[before] > _RANK[REJECTED]


def shown_code(message: Message) -> str:
    """Give a message's code where it is fit to be shown: one short word, no person's number."""
    return message.code if _is_fit(_CODE, message.code) else ""


def shown_place(message: Message) -> str:
    """Give a message's place where it is fit to be shown: a path, without values or spaces."""
    return message.place if _is_fit(_PLACE, message.place) else ""


def _is_fit(form: re.Pattern[str], text: str) -> bool:
    return form.fullmatch(text) is not None and _PERSONS_NUMBER.search(text) is None


def named_entries(connection: Connection, batch_id: int) -> set[int]:
    """Give the entries of a batch that an answer has named."""
    own = select(answers.c.entry_id).distinct().join_from(answers, plan_versions)
    return set(connection.scalars(own.where(plan_versions.c.batch_id == batch_id)))


def write_answers(tx: Transaction, received_id: int, told: Sequence[Told]) -> None:
    """Write down the answers of one file; the messages' texts are sealed.

    Those of a file that is read once more, under another name, stand behind the first ones.
    """
    last = select(func.max(answers.c.place)).where(answers.c.received_id == received_id)
    before = tx.connection.scalar(last)
    first = 0 if before is None else before + 1
    rows = [_row(tx, received_id, one._replace(place=first + one.place)) for one in told]
    if rows:
        tx.connection.execute(insert(answers), rows)


def _row(tx: Transaction, received_id: int, one: Told) -> dict[str, Any]:
    codes = [{"code": shown_code(each), "place": shown_place(each)} for each in one.messages]
    texts = [_sealed_text(each) for each in one.messages]
    row = {
        **{name: value for name, value in one._asdict().items() if name != "messages"},
        "received_id": received_id,
        "codes": orjson.dumps(codes).decode(),
    }
    if not any(texts):
        return {**row, "key_id": None, "nonce": None, "data": None}
    sealed = tx.keyring.seal(orjson.dumps(texts), answer_place(received_id, one.place))
    return {**row, **sealed._asdict()}


def _sealed_text(message: Message) -> str:
    """Give a message's text, behind what of its code and place is not shown."""
    code = "" if shown_code(message) else message.code
    place = "" if shown_place(message) else message.place
    return " ".join(filter(None, (code, place, message.text)))


def texts_of(connection: Connection, keyring: Any, received_id: int, place: int) -> list[str]:
    """Give the texts of an answer's messages in clear; they may name people."""
    own = select(answers.c.key_id, answers.c.nonce, answers.c.data).where(
        answers.c.received_id == received_id, answers.c.place == place
    )
    row: Any = connection.execute(own).one_or_none()
    if row is None or row.data is None:
        return []
    texts: list[str] = orjson.loads(
        keyring.open(Sealed._make(row), answer_place(received_id, place))
    )
    return texts


def answer_batch(tx: Transaction, batch_id: int, status: Status) -> None:
    """Write down what was answered to a whole file, and when first."""
    own = select(batches.c.answer).where(batches.c.id == batch_id)
    before = tx.connection.execute(own).scalar_one()
    if goes_up(before, status):
        change = update(batches).where(batches.c.id == batch_id)
        tx.connection.execute(change.values(answer=status, answered_at=tx.now))


def answer_entry(tx: Transaction, entry_id: int, status: Status, state: str) -> None:
    """Write down the answer to a plan version, and the state it comes to."""
    change = update(plan_versions).where(plan_versions.c.id == entry_id)
    tx.connection.execute(change.values(answer=status, answered_at=tx.now, state=state))


def hold_rejected(
    tx: Transaction, run_id: int, feed: str, plan: tuple[str, int], findings: str
) -> int:
    """Write down that a rejected plan waits for a person; give the number of the hold."""
    row = {
        "run_id": run_id,
        "feed": feed,
        "plan_id": plan[0],
        "version": plan[1],
        "reason": REJECTED,
        "findings": findings,
        "held_at": tx.now,
    }
    return int(tx.connection.execute(insert(held).values(row).returning(held.c.id)).scalar_one())


def set_hold(tx: Transaction, entry_id: int, held_id: int) -> None:
    """Tie an entry to its hold."""
    change = update(plan_versions).where(plan_versions.c.id == entry_id)
    tx.connection.execute(change.values(held_id=held_id))


def tell_hold(tx: Transaction, held_id: int, findings: str) -> None:
    """Write down better why a plan is held."""
    tx.connection.execute(update(held).where(held.c.id == held_id).values(findings=findings))
