"""Opening a session, with as many tries as its endpoint allows: only what may pass is retried."""

import random
from collections.abc import Mapping

import tenacity

from iepbridge.errors import Unreachable
from iepbridge.logs import logger
from iepbridge.settings import EndpointSettings
from iepbridge.transports import sftp
from iepbridge.transports.folder import FolderSession
from iepbridge.transports.session import Session


def open_session(endpoint: EndpointSettings, endpoints: Mapping[str, EndpointSettings]) -> Session:
    """Open a session on an endpoint; `endpoints` are all by name, for those it jumps through.

    Connecting is tried again as its settings say, with waits that double and spread. Raises
    `Unreachable` after the last try, `Refused` at once, `Misuse` before anything is sent.
    """
    if endpoint.kind == "folder":
        return FolderSession(endpoint.name, endpoint.path)
    way = sftp.way_to(endpoint, endpoints)
    try:
        return _Retrying(endpoint).run(way)
    except sftp.Failed as failed:
        tries = endpoint.retries + 1
        _tell(endpoint, failed, tries, None)
        raise Unreachable(
            f"Endpoint {endpoint.name}: {endpoint.host} was not reached in {tries} tries. The last"
            f" ended in the phase {failed.phase}: {failed.why}. No file was sent or read; run"
            " again later."
        ) from None


class _Retrying:
    """The tries of opening one session, each of which is logged as `endpoint_attempt`."""

    def __init__(self, endpoint: EndpointSettings) -> None:
        self._endpoint = endpoint

    def run(self, way: tuple[sftp.Hop, ...]) -> Session:
        """Try until it goes, is refused, or the tries are used up: the last `Failed`."""
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self._endpoint.retries + 1),
            wait=self._wait,
            retry=tenacity.retry_if_exception_type(sftp.Failed),
            before_sleep=self._tell,
            reraise=True,
        )
        return retrying(self._once, way)

    def _once(self, way: tuple[sftp.Hop, ...]) -> Session:
        return sftp.connect(self._endpoint, way)

    def _wait(self, state: tenacity.RetryCallState) -> float:
        """Give between half and the whole of a time that doubles up to its most, in seconds."""
        doubled = self._endpoint.retry_wait_seconds * 2.0 ** (state.attempt_number - 1)
        whole = min(doubled, self._endpoint.retry_wait_most_seconds)
        return whole * random.uniform(0.5, 1.0)  # noqa: S311  spread, no secret

    def _tell(self, state: tenacity.RetryCallState) -> None:
        failed = state.outcome.exception() if state.outcome else None
        if isinstance(failed, sftp.Failed) and state.next_action:
            _tell(self._endpoint, failed, state.attempt_number, state.next_action.sleep)


def _tell(
    endpoint: EndpointSettings, failed: sftp.Failed, attempt: int, wait_seconds: float | None
) -> None:
    logger().warning(
        "endpoint_attempt",
        endpoint=endpoint.name,
        phase=failed.phase,
        attempt=attempt,
        next_wait_seconds=None if wait_seconds is None else round(wait_seconds, 3),
        error=type(failed).__name__,
    )
