"""The deed behind `iepbridge demo`: the story played in order, each step told as it is done."""

import argparse
import sys
from pathlib import Path

from iepbridge.cli import demo_view as view
from iepbridge.cli.demo_accounts import accounts
from iepbridge.cli.demo_folder import prepare
from iepbridge.cli.demo_stage import (
    Mended,
    Stage,
    fates,
    hear,
    life,
    make_plans,
    mend,
    opened_stage,
    send,
    take_in,
)
from iepbridge.cli.telling import begin
from iepbridge.errors import Misuse

_NOT_RIGHT = 1


def perform(arguments: argparse.Namespace) -> int:
    """Play the story in a folder; 1 where the accounts are not right at its end."""
    if sys.stdout is None:
        raise Misuse("Standard output is closed, so there is nowhere to tell anything.")
    arguments.log_level = arguments.log_level or "critical"  # all is told in words
    begin(arguments)
    folder = Path(arguments.folder)
    aside = prepare(folder)
    with opened_stage(folder) as stage:
        view.show_stage(stage, aside)
        return _played(stage, arguments.count)


def _played(stage: Stage, count: int) -> int:
    make_plans(stage, count)
    view.show_plans(stage, count)
    view.show_sent(send(stage))
    view.show_heard(hear(stage))
    plan = mend(stage)
    if plan is None:
        view.show_nothing_mended()
    else:
        _sent_again(stage, plan)
    taken = take_in(stage)
    view.show_taken(taken)
    drawn = list(accounts(stage, taken))
    view.show_accounts(drawn)
    view.show_next(stage, plan)
    return 0 if all(one.is_right for one in drawn) else _NOT_RIGHT


def _sent_again(stage: Stage, plan: Mended) -> None:
    view.show_mended(stage, plan)
    sent = sum(one.sent for one in send(stage))
    for _ in hear(stage):
        pass
    view.show_sent_again(fates(stage, plan), sent)
    view.show_life(plan, life(stage, plan))
