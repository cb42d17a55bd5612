"""The places that rows are sealed for: what is moved to another row no longer opens."""


def payload_place(feed: str, plan_id: str, version: int, digest: bytes) -> bytes:
    """Give the place of a plan version's canonical JSON."""
    return f"payload\0{feed}\0{plan_id}\0{version}\0{digest.hex()}".encode()


def answer_place(received_id: int, place: int) -> bytes:
    """Give the place of the texts of an answer."""
    return f"answer\0{received_id}\0{place}".encode()
