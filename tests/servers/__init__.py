"""Servers for the tests, each on loopback, with keys of its own, ended by its own process.

with openssh(tmp_path) as server:                        # also proftpd, asyncssh_server
    with cutting_proxy((server.host, server.port), after_bytes_up=2000) as proxy:
        url = server.url(proxy.port)
"""

from tests.servers.asyncssh_server import asyncssh_server
from tests.servers.keys import KeyPair, make_key
from tests.servers.openssh import openssh
from tests.servers.proftpd import proftpd
from tests.servers.proxy import Proxy, cutting_proxy
from tests.servers.running import PASSWORD, Server, pin

__all__ = [
    "PASSWORD",
    "KeyPair",
    "Proxy",
    "Server",
    "asyncssh_server",
    "cutting_proxy",
    "make_key",
    "openssh",
    "pin",
    "proftpd",
]
