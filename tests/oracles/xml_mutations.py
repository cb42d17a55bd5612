"""What a careless sender, a bad day or an attacker may do to one place of an XML file."""

import random
from pathlib import Path
from typing import Any, Final

from lxml import etree

VALUES: Final = (
    "", " ", "x", "0", "-1", "2024-02-30", "13/01/2024", "02/30/2024", "Y", "maybe", "²", "é",
    "1e3", "15.", "+1", "007", "x" * 300, "NO", "000-12-3456", "\u00a0", "12345678", "A B",
)  # fmt: skip


def full(system: str) -> bytes:
    """Give a file with a value in every place."""
    return Path(__file__).with_name(f"full_{system}.xml").read_bytes()


def mutated(system: str, seed: int) -> bytes:
    """Change one place of the full file, counts made anew; the same for the same seed."""
    draw = random.Random(seed)
    root = etree.fromstring(full(system))
    (_, plan, *_) = list(root) if system == "twist" else [None, *root]
    element = draw.choice(list(plan.iter(etree.Element)))
    _mutate(draw, element, plan)
    content = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return _recounted(content) if system == "twist" else content


def _mutate(draw: random.Random, element: Any, plan: Any) -> None:
    parent = element.getparent()
    act = draw.randrange(8)
    if act == 0 and element.attrib:
        element.set(draw.choice(list(element.attrib)), draw.choice(VALUES))
    elif act == 1 and element.attrib:
        del element.attrib[draw.choice(list(element.attrib))]
    elif act == 2 and not len(element):
        element.text = draw.choice(VALUES)
    elif act == 3 and element is not plan:
        parent.remove(element)
    elif act == 4 and element is not plan:
        copy = etree.fromstring(etree.tostring(element, with_tail=False))
        parent.insert(draw.randrange(len(parent) + 1), copy)
    elif act == 5:
        element.set(draw.choice(["odd", "{urn:odd}name", "source"]), draw.choice(VALUES))
    elif act == 6:
        odd = etree.SubElement(element, draw.choice(["Odd", "{urn:odd}Odd", "Title"]))
        # Whether an unknown element of white space alone is empty, the documents leave open.
        odd.text = draw.choice([one for one in VALUES if one != " "])
        odd.tail = draw.choice([None, "stray", "\n"])
    elif element is not plan:
        element.text = draw.choice(["stray", element.text])


def _recounted(content: bytes) -> bytes:
    root = etree.fromstring(content)
    trailer = root[-1]
    places = {
        "InterimGoalCount": "Customer/ServicePlan/InterimGoal",
        "ActionCount": "Customer/ServicePlan/InterimGoal/Action",
        "ServiceTrackingCount": "Customer/ServiceTracking",
        "CounselorNoteCount": "Customer/CounselorNote",
    }
    for name, place in places.items():
        trailer.find(name).text = str(len(root.findall(place)))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
