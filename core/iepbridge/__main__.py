"""`python -m iepbridge` is the command `iepbridge`."""

import sys

from iepbridge.cli import main

if __name__ == "__main__":
    sys.exit(main())
