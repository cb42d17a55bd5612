"""`[feeds.NAME]`: a flow of plans to a system, from it, or of its acknowledgements."""

import re
from datetime import UTC, datetime, tzinfo
from typing import Annotated, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, Field
from pydantic.json_schema import SkipJsonSchema

from iepbridge.settings.kinds import (
    Days,
    FilePattern,
    LocalPath,
    LocalPaths,
    Name,
    Party,
    Reference,
    SourcePattern,
    SystemName,
    Table,
    Unfit,
)

Direction: TypeAlias = Literal["out", "in", "acks"]

_BAD_FIELD: Final = re.compile(r"Bad ([a-z-]+)")
_CRON: Final = "expected cron's five fields, minute hour day month weekday: 0 2 * * *"


def zone_of(name: str) -> tzinfo:
    """Give a time zone by its name; raise `Unfit` where there is none of that name here."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        what = 'no time zone of this name here; expected one as in "America/Chicago"'
        raise Unfit(f"{what} (package tzdata)") from None


def _zone(name: str) -> str:
    zone_of(name)
    return name


def _schedule(text: str) -> str:
    """Refuse what is no schedule, and what never comes due."""
    if len(text.split()) != 5:
        raise Unfit(_CRON)
    try:
        next(CronSim(text, datetime.now(UTC)))
    except CronSimError as error:
        bad = _BAD_FIELD.fullmatch(str(error))
        raise Unfit(f"{_CRON}; the {bad[1]} is not right" if bad else _CRON) from None
    except ValueError:
        raise Unfit(_CRON) from None
    except StopIteration:
        raise Unfit("there is no day that this schedule comes due on") from None
    return text


Schedule: TypeAlias = Annotated[str, AfterValidator(_schedule)]


class FeedSettings(Table):
    """A configured flow of plans or acknowledgements, between an endpoint and this machine."""

    name: SkipJsonSchema[Name]
    """The name in the table's header"""

    direction: Direction
    """`out`: plans to the system; `in`: plans from it; `acks`: its answers"""

    system: SystemName
    """The system whose files these are, as `iepbridge systems` lists them"""

    endpoint: Name
    """The name of the endpoint that files go to or come from"""

    source: SourcePattern | None = None
    """out, required: the files of plans to send (canonical JSON Lines), as a shell pattern"""

    sender: Party | None = None
    """out, required: who we are in the envelope; in: who files must be from"""

    receiver: Party | None = None
    """out, required: who they are in the envelope; in: who files must be for"""

    schedule: Schedule | None = None
    """When it is due, as cron's five fields; without one, only when it is run by hand"""

    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    """The time zone of the schedule"""

    acknowledgements: Name | None = None
    """out: the name of the feed that reads the system's answers"""

    batch_size: Annotated[int, Field(ge=1, le=1_000_000)] = 5000
    """out: the most plans in one file"""

    volume_guard: bool = True
    """out: whether a run that would send far more or less than usual sends nothing"""

    volume_high: Annotated[float, Field(ge=1, le=1_000_000)] = 4.0
    """out: how many times as many plans, changes or closures as on busy days are too many"""

    volume_low: Annotated[float, Field(ge=0, lt=1)] = 0.3
    """out: the part of the plans usually found below which they are too few; 0 for no such limit
    """

    volume_least: Annotated[int, Field(ge=0, le=1_000_000_000)] = 50
    """out: a difference of up to so many plans is never unusual"""

    volume_first: Annotated[int, Field(ge=0, le=1_000_000_000)] | None = None
    """out: the most plans that may go before three runs have sent some; without it, any number"""

    encrypt_to: LocalPaths = ()
    """out: files with the OpenPGP certificates of those who may read, one or a list"""

    sign_with: Reference | None = None
    """out: the OpenPGP key that files are signed with; with encrypt_to"""

    sign_passphrase: Reference | None = None
    """out: what that key is locked with"""

    decrypt_with: Reference | None = None
    """in, acks: the OpenPGP key that files are decrypted with"""

    decrypt_passphrase: Reference | None = None
    """in, acks: what that key is locked with"""

    verify_with: LocalPaths = ()
    """in, acks: files with the OpenPGP certificates one of which must have signed; with
    decrypt_with"""

    armor: bool = False
    """out: whether encrypted files are armored text; with encrypt_to"""

    pattern: FilePattern = "*"
    """in, acks: which names are read, as a shell pattern"""

    destination: LocalPath | None = None
    """in, required: the folder that plans are written to"""

    enabled: bool = True
    """Whether the feed runs on its schedule and together with others"""

    calendar: Literal["every-day", "weekdays", "us-federal"] = "every-day"
    """The days on which something may be missing; `us-federal`: weekdays but for federal holidays
    """

    holidays: Days = ()
    """Further days on which nothing is missing"""

    missing_grace_minutes: Annotated[int, Field(ge=0, le=10_080)] = 60
    """Minutes after a time that was due before a run or a file is missing"""

    expects: Schedule | None = None
    """in: when a new file must be here, as cron's five fields in `timezone`; without it, none must
    """

    acknowledge_within_hours: Annotated[int, Field(ge=1, le=8760)] = 72
    """out: hours of days of the calendar within which plans must be answered; with acknowledgements
    """

    quiet_days: Annotated[int, Field(ge=0, le=366)] = 10
    """Days of the calendar after which a feed that sent or got nothing is missing; 0 for never"""

    @property
    def zone(self) -> tzinfo:
        """The time zone of the schedule."""
        return zone_of(self.timezone)
