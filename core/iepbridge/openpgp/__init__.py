"""Files encrypted, signed, decrypted and verified by OpenPGP, in a process of their own.

    source --encrypt--> a message for each certificate, signed inside --decrypt--> target

The library holds Python's lock while it works on a file, and hostile input might end the process
or fill the disk; so it is loaded in a child alone, which has a deadline and a limit.
"""

from iepbridge.openpgp.inspection import Certificate, inspect, key_ends
from iepbridge.openpgp.messages import DEADLINE_SECONDS, MOST_BYTES, Signed, decrypt, encrypt
from iepbridge.openpgp.process import Ended, Reference

__all__ = [
    "DEADLINE_SECONDS",
    "MOST_BYTES",
    "Certificate",
    "Ended",
    "Reference",
    "Signed",
    "decrypt",
    "encrypt",
    "inspect",
    "key_ends",
]
