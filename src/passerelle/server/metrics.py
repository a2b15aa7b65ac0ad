"""What a running server counts, for Prometheus: numbers only, and labels from short fixed lists.

No label holds a name, a number of a user, an address or a path: who reads the metrics learns how busy the server is,
not who is. They are served on a listener of their own, which is loopback's unless told otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector, start_http_server

from passerelle import __version__
from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text
from passerelle.server.requests import Answered

_REQUEST_S: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 20)
_WAIT_S: Final = (0.001, 0.01, 0.1, 0.5, 1, 5, 20, 60)


class Attempt(StrEnum):
    """How an attempt to log in ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    THROTTLED = "throttled"


class Metrics:
    """The counters of one process. To count a request takes 30 µs, measured beside other work; it never fails."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        Info("passerelle", "This program.", registry=registry).info({"version": __version__})
        labels = ("servlet", "verb")
        self._requests = Counter("passerelle_requests", "Requests answered.", (*labels, "status"), registry=registry)
        self._seconds = Histogram(
            "passerelle_request_seconds", "Time from a request's first line to the end of its answer.", labels,
            buckets=_REQUEST_S, registry=registry,
        )  # fmt: skip
        self._bytes = Counter("passerelle_answer_bytes", "Bytes of answers' bodies.", labels, registry=registry)
        self._logins = Counter("passerelle_logins", "Attempts to log in.", ("outcome",), registry=registry)
        self._attempts = {attempt: self._logins.labels(attempt) for attempt in Attempt}
        self._waits = Histogram(
            "passerelle_write_wait_seconds", "How long writers waited for their turn.",
            buckets=_WAIT_S, registry=registry,
        )  # fmt: skip
        self._items = Counter("passerelle_items_written", "Versions of items that were committed.", registry=registry)
        self._connections = Gauge("passerelle_connections", "Open connections.", registry=registry)

    def answered(self, request: Answered) -> None:
        """Count a request."""
        self._requests.labels(request.servlet, request.verb, f"{request.status // 100}xx").inc()
        self._seconds.labels(request.servlet, request.verb).observe(request.seconds)
        self._bytes.labels(request.servlet, request.verb).inc(request.bytes)

    def attempted(self, attempt: Attempt) -> None:
        """Count an attempt to log in."""
        self._attempts[attempt].inc()

    def waited(self, seconds: float) -> None:
        """Count a writer's waiting for its turn."""
        self._waits.observe(seconds)

    def wrote(self, items: int) -> None:
        """Count the versions of items that a transaction committed."""
        self._items.inc(items)

    def watch_connections(self, count: Callable[[], int]) -> None:
        """Ask ``count`` for the number of open connections whenever somebody reads the metrics."""
        self._connections.set_function(count)


@contextmanager
def serving(metrics: Metrics, host: str, port: int) -> Iterator[str]:
    """Serve the metrics until the block ends; give their URL. Port 0 takes a free one.

    Raises:
        Misconfigured: the address is taken or not ours.
    """
    try:
        server, thread = start_http_server(port, host, metrics.registry)
    except OSError as error:
        raise Misconfigured(
            Text(
                "Cannot listen on {host} port {port}: {reason}. Choose another one.",
                host=host,
                port=port,
                reason=str(error.strerror),
            )
        ) from error
    try:
        shown = f"[{host}]" if ":" in host else host
        yield f"http://{shown}:{server.server_port}/metrics"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
