"""All that the ledger knows of one plan, in the order in which it happened.

    contents that entered --+-- findings, holds, releases
                            +-- files, attempts to deliver them, outcomes, answers
    events about the plan --+-- disclosures

A row has `at`, `what`, and what else is known: ids, digests, dates, codes; no value of a plan, and
of what a system answered no text.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

import orjson
from sqlalchemy import Connection, Select, select

from iepbridge.ledger.schema import (
    answers,
    attempts,
    batches,
    events,
    held,
    notes,
    plan_versions,
    received,
    runs,
)

HistoryRow: TypeAlias = dict[str, Any]

_ORDER: Final = ("run", "received", "entered", "held", "made", "finding", "attempt")
"""What comes first of what happened at one instant; all else comes after."""

_SHOWN_ELSEWHERE: Final = ("plan_held", "batch_made")


def history(connection: Connection, plan_id: str) -> list[HistoryRow]:
    """Give what happened to a plan, oldest first; empty where the ledger knows nothing of it."""
    entries = _all(connection, select(plan_versions).where(plan_versions.c.plan_id == plan_id))
    holds = _all(connection, select(held).where(held.c.plan_id == plan_id))
    told = _all(connection, _answers_to(plan_id))
    batch_ids = {one.batch_id for one in (*entries, *told) if one.batch_id is not None}
    files = _all(connection, select(batches).where(batches.c.id.in_(batch_ids)))
    tried = _all(connection, select(attempts).where(attempts.c.batch_id.in_(batch_ids)))
    rows = [
        *map(_entered, entries),
        *_noted(connection, entries, {one.id: one.made_at for one in files}),
        *_held(holds),
        *map(_made, files),
        *map(_attempt, tried),
        *_received(connection, (*files, *holds)),
        *map(_answer, told),
        *map(_file_answer, _all(connection, _answers_to_files(batch_ids))),
        *map(_event, _all(connection, _events(plan_id, batch_ids))),
        *_runs(connection, (*entries, *holds, *files, *tried)),
    ]
    return sorted(rows, key=_place)


def _all(connection: Connection, wanted: Select[Any]) -> Sequence[Any]:
    return connection.execute(wanted).all()


def _place(row: HistoryRow) -> tuple[str, int]:
    known = row["what"] in _ORDER
    return row["at"], _ORDER.index(row["what"]) if known else len(_ORDER)


def _row(at: str, what: str, **more: object) -> HistoryRow:
    return {"at": at, "what": what, **more}


def _entered(one: Any) -> HistoryRow:
    return _row(
        one.entered_at,
        "entered",
        feed=one.feed,
        version=one.version,
        sha256=one.digest.hex(),
        run=one.run_id,
        batch=one.batch_id,
        state=one.state,
        answer=one.answer,
    )


def _noted(
    connection: Connection, entries: Sequence[Any], made_at: Mapping[int, str]
) -> Iterator[HistoryRow]:
    """Give what was found about contents that went all the same."""
    by_entry = {one.id: one for one in entries}
    for note in connection.execute(select(notes).where(notes.c.entry_id.in_(by_entry))):
        entry = by_entry[note.entry_id]
        at = made_at.get(entry.batch_id, entry.entered_at)
        yield from _findings(at, note.findings, feed=entry.feed, batch=entry.batch_id)


def _findings(at: str, told: str, **about: object) -> Iterator[HistoryRow]:
    for one in orjson.loads(told):
        own = {name: value for name, value in one.items() if name != "plan_id"}
        yield _row(at, "finding", **about, **own)


def _held(holds: Iterable[Any]) -> Iterator[HistoryRow]:
    for one in holds:
        about = {"feed": one.feed, "version": one.version, "hold": one.id, "reason": one.reason}
        yield _row(one.held_at, "held", **about, run=one.run_id)
        yield from _findings(one.held_at, one.findings, feed=one.feed, hold=one.id)
        if one.ended_at is not None:
            yield _row(one.ended_at, "hold_ended", **about, how=one.ended_how)


def _made(one: Any) -> HistoryRow:
    return _row(
        one.made_at,
        "made",
        feed=one.feed,
        batch=one.id,
        file=one.name,
        sha256=one.sha256.hex(),
        size=one.size,
        plans=one.plans,
        system=one.system,
        endpoint=one.endpoint,
        sender=one.sender,
        receiver=one.receiver,
        sequence=one.sequence,
        run=one.run_id,
        state=one.state,
    )


def _attempt(one: Any) -> HistoryRow:
    return _row(
        one.begun_at,
        "attempt",
        batch=one.batch_id,
        run=one.run_id,
        phase=one.phase,
        outcome=one.outcome,
        how=one.how,
        ended_at=one.ended_at,
    )


def _received(connection: Connection, of: Iterable[Any]) -> Iterator[HistoryRow]:
    ids = {one.received_id for one in of if one.received_id is not None}
    for one in connection.execute(select(received).where(received.c.id.in_(ids))):
        yield _row(
            one.received_at,
            "received",
            feed=one.feed,
            file=one.name,
            sha256=one.sha256.hex(),
            size=one.size,
            endpoint=one.endpoint,
            sequence=one.sequence,
            run=one.run_id,
            state=one.state,
        )


_ANSWERS: Final = select(
    answers, received.c.name, received.c.sha256, received.c.received_at, received.c.feed
).join_from(answers, received, received.c.id == answers.c.received_id)


def _answers_to(plan_id: str) -> Select[Any]:
    return _ANSWERS.where(answers.c.plan_id == plan_id)


def _answers_to_files(batch_ids: Iterable[int]) -> Select[Any]:
    return _ANSWERS.where(answers.c.batch_id.in_(batch_ids), answers.c.entry_id.is_(None))


def _answer(one: Any) -> HistoryRow:
    version = {"version": one.version, "applied": one.applied}
    return {**_file_answer(one), "what": "answered", **version}


def _file_answer(one: Any) -> HistoryRow:
    return _row(
        one.received_at,
        "file_answered",
        feed=one.feed,
        batch=one.batch_id,
        status=one.status,
        codes=orjson.loads(one.codes),
        file=one.name,
        sha256=one.sha256.hex(),
        received=one.received_id,
        place=one.place,
    )


def _events(plan_id: str, batch_ids: Iterable[int]) -> Select[Any]:
    own = (events.c.plan_id == plan_id) | events.c.batch_id.in_(batch_ids)
    wanted = select(events).where(own, events.c.kind.not_in(_SHOWN_ELSEWHERE))
    return wanted.order_by(events.c.seq)


def _event(one: Any) -> HistoryRow:
    about = {"feed": one.feed, "run": one.run_id, "batch": one.batch_id, **orjson.loads(one.detail)}
    told = {name: value for name, value in about.items() if value is not None}
    return _row(one.at, one.kind, event=one.seq, **told)


def _runs(connection: Connection, of: Iterable[Any]) -> Iterator[HistoryRow]:
    ids = {one.run_id for one in of}
    for one in connection.execute(select(runs).where(runs.c.id.in_(ids))):
        yield _row(
            one.started_at,
            "run",
            run=one.id,
            feed=one.feed,
            direction=one.direction,
            ended_at=one.ended_at,
            exit_code=one.exit_code,
            used=None if one.used is None else orjson.loads(one.used),
        )
