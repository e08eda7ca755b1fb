"""The pages of billing: routes are in `routes.py`, each view module's are found by scanning."""

from pyramid.config import Configurator

from rtpy_billing.web.routes import ADDRESSES


def includeme(config: Configurator) -> None:
    """Addresses, then views."""
    for address in ADDRESSES:
        config.add_route(address.name, address.path, factory=address.about)
    config.read_from_replica(*(each.name for each in ADDRESSES if "reports." in each.name))
    config.include("rtpy_billing.web.timers")
    config.scan("rtpy_billing.web")
