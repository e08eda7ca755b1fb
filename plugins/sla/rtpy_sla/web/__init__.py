"""The pages of service levels: routes are in `routes.py`, each view module's are found by scanning."""

from pyramid.config import Configurator
from pyramid.request import Request

from rtpy_sla.web.routes import ADDRESSES


def includeme(config: Configurator) -> None:
    """Addresses, what a page reads once, then views."""
    for address in ADDRESSES:
        config.add_route(address.name, address.path, factory=address.about)
    config.read_from_replica(*(each.name for each in ADDRESSES if "reports." in each.name))
    config.add_request_method(_standings, "sla_standings", reify=True)
    config.scan("rtpy_sla.web")


def _standings(request: Request) -> dict[object, object]:
    return {}
