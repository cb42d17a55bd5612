"""The plugin contract, whole: one hook, called once when the registry loads.

A plugin is a distribution with an entry point in the group `iepbridge`; the module it names has
a function `iepbridge_adapter`, marked with `hookimpl`.
"""

import pluggy

from iepbridge.adapter import Adapter

NAMESPACE = "iepbridge"
hookspec = pluggy.HookspecMarker(NAMESPACE)
hookimpl = pluggy.HookimplMarker(NAMESPACE)


@hookspec(firstresult=True)
def iepbridge_adapter() -> Adapter:  # type: ignore[empty-body]
    """Give the adapter of one system."""
