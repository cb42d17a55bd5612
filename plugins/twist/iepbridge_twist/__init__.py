"""The adapter for TWIST (Texas); its mapping is data, under `mappings/twist`."""

from iepbridge.adapter import Adapter
from iepbridge.change import Significance
from iepbridge.hookspecs import hookimpl
from iepbridge.iep_event import with_iep_event
from iepbridge.mapping.files import shipped_folder
from iepbridge_twist.acknowledgement import ACKNOWLEDGEMENTS
from iepbridge_twist.rules import RULES


@hookimpl
def iepbridge_adapter() -> Adapter:
    """Give the adapter: service 68 records that a plan was made, so a missing one is derived."""
    return Adapter(
        name="twist",
        title="TWIST (Texas)",
        mappings=shipped_folder("twist"),
        acknowledgements=ACKNOWLEDGEMENTS,
        complete=with_iep_event,
        rules=RULES,
        significant=Significance(("service",)),
    )
