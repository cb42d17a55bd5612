"""The configuration file `iepbridge.toml`: found, read and checked; paths relative to the file.

[ledger]           LedgerSettings      where the ledger is, and its key
[mappings]         Settings.overlays   a deployment's own mapping files
[policy]           Settings.severity   how rules are weighed
[serve]            ServeSettings       the scheduler
[endpoints.NAME]   EndpointSettings    places of files
[feeds.NAME]       FeedSettings        flows between them
"""

from iepbridge.settings.endpoint import EndpointSettings
from iepbridge.settings.feed import Direction, FeedSettings
from iepbridge.settings.ledger import LedgerSettings
from iepbridge.settings.load import FILE_NAME, VARIABLE, Examined, examine, find_file, load_settings
from iepbridge.settings.mistakes import Mistake, Mistakes
from iepbridge.settings.place import EndpointKind
from iepbridge.settings.schema import configuration_schema
from iepbridge.settings.secret import Secret
from iepbridge.settings.serve import ServeSettings
from iepbridge.settings.tables import Settings

__all__ = [
    "FILE_NAME",
    "VARIABLE",
    "Direction",
    "EndpointKind",
    "EndpointSettings",
    "Examined",
    "FeedSettings",
    "LedgerSettings",
    "Mistake",
    "Mistakes",
    "Secret",
    "ServeSettings",
    "Settings",
    "configuration_schema",
    "examine",
    "find_file",
    "load_settings",
]
