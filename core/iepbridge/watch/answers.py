"""Answers that are overdue, and files of which nobody knows whether they arrived."""

from collections.abc import Iterator

from iepbridge.ledger.instants import instant, moment
from iepbridge.ledger.omissions import Unanswered, lost_answers, unanswered
from iepbridge.watch.found import Missing
from iepbridge.watch.view import View


def answers_missing(view: View) -> Iterator[Missing]:
    """Give the files that were delivered and should have been answered whole by now."""
    if view.feed.acknowledgements is None:
        return
    for file in view.ask(unanswered):
        due = view.calendar.deadline(moment(file.delivered_at), view.feed.acknowledge_within_hours)
        if due <= view.at:
            yield view.missing("answer", instant(due), _unanswered(view, file), _remedy(view))


def _unanswered(view: View, file: Unanswered) -> str:
    plans = "1 plan" if file.plans == 1 else f"{file.plans:,} plans"
    verb = "has" if file.plans == 1 else "have"
    at = view.shown(file.delivered_at)
    return f"{plans} in {file.name}, delivered at {at}, {verb} no answer."


def _remedy(view: View) -> str:
    return (
        f"`iepbridge run {view.feed.acknowledgements}` fetches answers; if there is none, ask"
        f" {view.feed.system}'s operator whether the file was read."
    )


def outcomes_missing(view: View) -> Iterator[Missing]:
    """Give the files whose delivery was begun, and whose answer was lost."""
    for batch in view.ask(lost_answers):
        what = f"Nobody knows whether {batch.name} arrived."
        remedy = (
            f"`iepbridge run {view.feed.name}` looks for it; ask its receiver, and"
            f" `iepbridge resolve {batch.batch_id}` settles it."
        )
        yield view.missing("outcome", batch.since, what, remedy)
