"""Timers: their page, their buttons, and where they are seen."""

from pyramid.config import Configurator
from pyramid.request import Request

from rtpy_billing.capture.clocks import Clock, read_clocks
from rtpy_billing.rights import LOG_TIME


def includeme(config: Configurator) -> None:
    """`request.clocks`: the reader's timers, asked for once a page."""
    config.add_request_method(clocks, reify=True)


def clocks(request: Request) -> tuple[Clock, ...]:
    """The reader's own timers; none for who may not log time. One query."""
    if request.login is None or not request.work.rights.system(LOG_TIME):
        return ()
    return read_clocks(request.work, request.zone)
