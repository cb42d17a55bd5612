"""Each plugin's samples are what the commands of its README make, byte for byte."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.docs.pages import Played, Player

from iepbridge.adapter import Adapter
from iepbridge.mapping.read import read_layout
from iepbridge.registry import load_registry

REPOSITORY = Path(__file__).parents[2]
PLUGINS = sorted(path.parent for path in REPOSITORY.glob("plugins/*/README.md"))
NAMES = [plugin.name for plugin in PLUGINS]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    """Give what the commands of each README made."""
    players = [Player(REPOSITORY, tmp_path_factory.mktemp(name)) for name in NAMES]
    texts = [(plugin / "README.md").read_text("utf-8") for plugin in PLUGINS]
    with ThreadPoolExecutor() as pool:
        return dict(zip(NAMES, pool.map(Player.play, players, texts), strict=True))


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_every_plugin_has_a_readme_with_samples() -> None:
    assert set(NAMES) == {path.name for path in REPOSITORY.glob("plugins/*")}


@pytest.mark.linux
@pytest.mark.parametrize("name", NAMES)
def test_the_samples_come_out_as_they_are(played: dict[str, Played], name: str) -> None:
    made = played[name]
    assert not made.faults
    kept = files(REPOSITORY / "plugins" / name / "samples")
    new = files(made.folder)
    assert sorted(kept) == sorted(new)
    assert len(kept) == 4
    assert not [one for one in kept if kept[one] != new[one]], f"other than in {made.folder}"


@pytest.fixture(params=NAMES)
def adapter(request: pytest.FixtureRequest) -> Adapter:
    """Give the adapter of each plugin."""
    return load_registry().adapters[request.param]


def test_every_code_that_joins_another_is_named(adapter: Adapter) -> None:
    text = (REPOSITORY / "plugins" / adapter.name / "README.md").read_text("utf-8")
    layout = read_layout(adapter.name, adapter.mappings)
    tables = [field.table for field in layout.every_field() if field.table]
    joined = {code: other for table in tables for code, other in table.joined().items()}
    named = {f"`{one}`" for pair in joined.items() for one in pair if one != "*"}
    assert not [one for one in named if one not in text]
