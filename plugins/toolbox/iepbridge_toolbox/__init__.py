"""The adapter for Toolbox (Missouri); its mapping is data, under `mappings/toolbox`."""

from iepbridge.adapter import Adapter
from iepbridge.change import Significance
from iepbridge.hookspecs import hookimpl
from iepbridge.mapping.files import shipped_folder
from iepbridge_toolbox.acknowledgement import ACKNOWLEDGEMENTS
from iepbridge_toolbox.rules import RULES


@hookimpl
def iepbridge_adapter() -> Adapter:
    """Give the adapter: Toolbox has no IEP event, so nothing is derived."""
    return Adapter(
        name="toolbox",
        title="Toolbox (Missouri)",
        mappings=shipped_folder("toolbox"),
        acknowledgements=ACKNOWLEDGEMENTS,
        rules=RULES,
        significant=Significance(("household", "name"), {"work_activity": ("tanf_mwa",)}),
    )
