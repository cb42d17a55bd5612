"""Endpoints of the tests' servers, as a configuration would have them."""

from typing import Any

from tests.servers import Server

from iepbridge.settings import EndpointSettings, Secret

NO_RETRY = {"retries": 0}
QUICK_RETRY = {"retries": 2, "retry_wait_seconds": 0.01}


def endpoint(server: Server, port: int | None = None, **options: Any) -> EndpointSettings:
    """Give an endpoint that logs in by the server's client key, perhaps through a proxy's port."""
    given = {
        "name": "texas",
        "url": server.url(port),
        "host_keys": server.known_hosts,
        "private_key": Secret.of_file(server.key),
        **NO_RETRY,
        **options,
    }
    return EndpointSettings(**given)


def by_password(
    server: Server, password: str, port: int | None = None, **options: Any
) -> EndpointSettings:
    """Give an endpoint that logs in by a password alone."""
    given = {"private_key": None, "password": Secret.plain(password), **options}
    return endpoint(server, port, **given)
