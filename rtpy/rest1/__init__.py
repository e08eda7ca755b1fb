"""REST 1.0, which RT's command line client, python-rt and old scripts speak: forms as text, the status in line one."""

from pyramid.config import Configurator


def includeme(config: Configurator) -> None:
    """One route for everything below /REST/1.0/; the addresses within are in `rtpy.rest1.routes`."""
    config.add_route("rest1", "/REST/1.0/{path:.*}")
    config.add_route("rest1.top", "/REST/1.0")
    config.scan("rtpy.rest1.view")
