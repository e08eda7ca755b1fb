"""How long this process takes for requests, by route and class of status, for Prometheus."""

import os
import socket

from prometheus_client import CollectorRegistry, Histogram
from pyramid.request import Request

from rtpy.app import App

BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds."""
NOWHERE = "none"
"""The route of an address that leads nowhere: addresses themselves are not counted, anybody can make them up."""


class Durations:
    """The counts of one process since it began; `process` tells processes behind one address apart."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.process = f"{socket.gethostname()}:{os.getpid()}"
        self._histogram = Histogram(
            "rtpy_http_request_duration_seconds",
            "How long requests took, by route and class of status; of one process, since it began.",
            ["process", "route", "status"],
            buckets=BOUNDS,
            registry=self.registry,
        )

    def count(self, route: str, status: int, seconds: float) -> None:
        """One more request."""
        self._histogram.labels(self.process, route, f"{status // 100}xx").observe(seconds)


def durations_of(app: App) -> Durations:
    """Those of this process."""
    if "http.durations" not in app.caches:
        app.caches["http.durations"] = Durations()
    found: Durations = app.caches["http.durations"]
    return found


def route_of(request: Request) -> str:
    """The name of the route that was matched."""
    route = getattr(request, "matched_route", None)
    return str(route.name) if route is not None else NOWHERE
