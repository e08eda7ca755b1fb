"""The mail gateway: the address at which `rt-mailgate` and `rtpy-mailgate` hand in mail, as in RT."""

from pyramid.config import Configurator


def includeme(config: Configurator) -> None:
    """One route, open to everybody, as mail itself is."""
    config.add_route("mail-gateway", "/REST/1.0/NoAuth/mail-gateway")
    config.scan("rtpy.gateway.views")
