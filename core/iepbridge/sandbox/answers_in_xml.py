"""The acknowledgements of TWIST and Toolbox, as their documents have them."""

from collections.abc import Iterable, Mapping
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from iepbridge.sandbox.parcel import Fault
from iepbridge.sandbox.reply import Reply, Said

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_LETTERS: Final = {"accepted": "A", "warnings": "W", "rejected": "R"}
_WORDS: Final = {"accepted": "Accepted", "warnings": "Warnings", "rejected": "Rejected"}


def write_twist(reply: Reply) -> bytes:
    """Write `TwistIepAck`."""
    lines = [
        '<TwistIepAck version="3.2">',
        f"  <FileId>{escape(reply.stem)}</FileId>",
        f"  <Received>{escape(reply.received)}</Received>",
        f"  <Status>{_LETTERS[reply.result]}</Status>",
        *(f"  {_message(one)}" for one in reply.faults),
        *(line for one in reply.said for line in _customer(one)),
        "</TwistIepAck>",
    ]
    return _written(lines)


def _customer(said: Said) -> Iterable[str]:
    plan = said.plan
    attributes = {
        "twistId": plan.participant,
        "planRef": plan.plan_id,
        "planVersion": "" if plan.version is None else str(plan.version),
        "status": _LETTERS[said.result],
    }
    yield f"  <Customer{_attributes(attributes)}>"
    yield from (f"    {_message(one)}" for one in said.faults)
    yield "  </Customer>"


def _message(fault: Fault) -> str:
    attributes = _attributes({"code": fault.code, "path": fault.spot.place})
    return f"<Message{attributes}>{escape(fault.text)}</Message>"


def write_toolbox(reply: Reply) -> bytes:
    """Write `AckBatch`; of a file that was refused whole no plan is named."""
    attributes = {
        "sequence": f"{reply.sequence:06}",
        "received": reply.received,
        "result": _WORDS[reply.result],
    }
    lines = [
        f'<AckBatch xmlns="urn:iepbridge:toolbox:ack:2"{_attributes(attributes)}>',
        *(f"  {_error(one)}" for one in reply.faults),
        *(line for one in reply.said for line in _ack(one)),
        "</AckBatch>",
    ]
    return _written(lines)


def _ack(said: Said) -> Iterable[str]:
    plan = said.plan
    attributes = {
        "planRef": plan.plan_id,
        "version": str(plan.version),
        "result": _WORDS[said.result],
    }
    yield f"  <Ack{_attributes(attributes)}>"
    yield from (f"    {_error(one)}" for one in said.faults)
    yield "  </Ack>"


def _error(fault: Fault) -> str:
    attributes = {"code": fault.code, "section": fault.spot.place, "ref": fault.spot.part}
    return f"<Error{_attributes(attributes)}>{escape(fault.text)}</Error>"


def _attributes(values: Mapping[str, str]) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in values.items() if value)


def _written(lines: Iterable[str]) -> bytes:
    return (_HEAD + "\n".join(lines) + "\n").encode()
