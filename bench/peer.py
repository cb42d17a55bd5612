"""The side of xsdata, run by a Python that has it: `peer.py FILE.xml`.

For each line on standard input, `out`, `in`, `XML out` or `XML in`, it does the work once and
answers with its CPU seconds. Its classes, made from the schema, are the module `twist_types`.
"""

import gc
import sys
import time
from pathlib import Path
from typing import Any

from twist_types import Customer, TwistIepFile  # made in the folder this runs in
from xsdata.formats.dataclass.parsers import JsonParser, XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig
from xsdata.formats.dataclass.serializers import JsonSerializer, XmlSerializer

_STRICT = ParserConfig(fail_on_unknown_properties=True, fail_on_converter_warnings=True)
_PARSER = XmlParser(config=_STRICT)
_JSON_PARSER = JsonParser(config=_STRICT)
_SERIALIZER = XmlSerializer()
_JSON_SERIALIZER = JsonSerializer()


def read(content: bytes) -> Any:
    """Read the whole file: a value of another type is refused, its length is not looked at."""
    return _PARSER.from_bytes(content, TwistIepFile)


def write(file: Any) -> bytes:
    """Write the whole file."""
    return bytes(_SERIALIZER.render(file), "utf-8")


def lines(file: Any) -> list[str]:
    """Write each plan as a line of JSON, in the form of xsdata's classes."""
    return [_JSON_SERIALIZER.render(customer) for customer in file.customer]


def from_lines(file: Any, plans: list[str]) -> Any:
    """Read lines of JSON, and put their plans into the file."""
    file.customer = [_JSON_PARSER.from_string(line, Customer) for line in plans]
    return file


def main(path: str) -> None:
    """Answer until standard input ends."""
    content = Path(path).read_bytes()
    file = read(content)
    plans = lines(file)
    if read(write(from_lines(file, plans))) != file:
        sys.exit("xsdata does not give back what it read")
    works = {
        "out": lambda: write(from_lines(file, plans)),
        "in": lambda: lines(read(content)),
        "XML out": lambda: write(file),
        "XML in": lambda: read(content),
    }
    gc.collect()
    gc.freeze()
    print(len(plans), flush=True)
    for name in sys.stdin:
        gc.collect()
        start = time.process_time()
        works[name.strip()]()
        print(time.process_time() - start, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
