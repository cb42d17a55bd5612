"""`[serve]`: how much the scheduler does at once, how it ends, where it tells its health."""

from typing import Annotated

from pydantic import Field

from iepbridge.settings.kinds import Table


class ServeSettings(Table):
    """The scheduler: how many feeds at once, how long it waits for them, its port."""

    feeds_at_once: Annotated[int, Field(ge=1, le=64)] = 4
    """The most feeds that run at the same time"""

    stop_seconds: Annotated[int, Field(ge=0, le=86_400)] = 300
    """Seconds that running feeds have to end once `serve` is told to stop"""

    port: Annotated[int, Field(ge=0, le=65_535)] = 9494
    """The port for health and metrics, on 127.0.0.1 alone; 0 for none"""
