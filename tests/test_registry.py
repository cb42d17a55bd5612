"""Adapters are found one by one: a broken plugin is told, and harms no other."""

import sys
import types
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from iepbridge.adapter import Adapter
from iepbridge.errors import Misuse
from iepbridge.hookspecs import hookimpl
from iepbridge.mapping.files import shipped_folder
from iepbridge.registry import GROUP, load_registry

TWIST = EntryPoint("twist", "iepbridge_twist", GROUP)


@pytest.fixture
def plugin(request: pytest.FixtureRequest) -> Iterator[EntryPoint]:
    """Make a module from the parameter's names and give an entry point to it."""
    module = types.ModuleType("made_up_plugin")
    for name, value in request.param.items():
        setattr(module, name, value)
    sys.modules[module.__name__] = module
    yield EntryPoint("broken", module.__name__, GROUP)
    del sys.modules[module.__name__]


def _hook(result: object) -> dict[str, object]:
    @hookimpl
    def iepbridge_adapter() -> object:
        if isinstance(result, BaseException):
            raise result
        return result

    return {"iepbridge_adapter": iepbridge_adapter}


@hookimpl
def iepbridge_adaptor() -> None:
    """Stand for a hook whose name is misspelt."""


ADAPTER = Adapter("broken", "Broken", shipped_folder("twist"))


def test_the_shipped_adapters_are_found() -> None:
    registry = load_registry()
    assert {"toolbox", "twist"} <= set(registry.adapters)
    assert not registry.broken
    assert registry.adapter("twist").release == "3.2"


@pytest.mark.parametrize(
    ("plugin", "says"),
    [
        ({}, "gave no Adapter"),
        (_hook(None), "gave no Adapter"),
        (_hook({"name": "broken"}), "gave no Adapter"),
        (_hook(RuntimeError("Jane Doe")), "raised RuntimeError (test_registry.py:"),
        (_hook(SystemExit(0)), "raised SystemExit"),
        (_hook(replace(ADAPTER, name="other")), "its entry point 'broken'"),
        (_hook(replace(ADAPTER, mappings=Path("/nowhere"))), "is missing or states no release"),
        ({"iepbridge_adaptor": iepbridge_adaptor}, "raised PluginValidationError"),
    ],
    indirect=["plugin"],
)
def test_a_broken_plugin_is_told_and_the_others_work(plugin: EntryPoint, says: str) -> None:
    registry = load_registry([plugin, TWIST])
    assert set(registry.adapters) == {"twist"}
    assert says in registry.broken["broken"].reason
    assert "Jane Doe" not in registry.broken["broken"].reason
    with pytest.raises(Misuse, match="the other systems work"):
        registry.adapter("broken")


def test_a_module_that_does_not_import_is_told() -> None:
    registry = load_registry([EntryPoint("broken", "no_such_module_here", GROUP), TWIST])
    assert "raised ModuleNotFoundError" in registry.broken["broken"].reason


def test_two_adapters_of_one_name_are_both_out() -> None:
    registry = load_registry([TWIST, TWIST])
    assert not registry.adapters
    assert "two distributions" in registry.broken["twist"].reason


def test_an_unknown_system_is_misuse_and_names_those_there_are() -> None:
    with pytest.raises(Misuse, match="Installed: twist"):
        load_registry([TWIST]).adapter("twits")
