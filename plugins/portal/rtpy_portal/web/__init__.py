"""The pages of the portal: routes are in the rooms' `parts.py`, each view module is found by scanning."""

from pyramid.config import Configurator

from rtpy_portal.web.frame import make_say
from rtpy_portal.web.parts import ADDRESSES, NAV, PORTAL_PANELS
from rtpy_portal.web.visitors import find_account


def includeme(config: Configurator) -> None:
    """Addresses, who is here, then views."""
    for address in ADDRESSES:
        config.add_route(address.name, address.path, factory=address.about)
    config.registry["portal.nav"], config.registry["portal.panels"] = NAV, PORTAL_PANELS
    config.add_request_method(find_account, "portal_account", reify=True)
    config.add_request_method(make_say, "portal_say", reify=True)
    config.scan("rtpy_portal.web")
