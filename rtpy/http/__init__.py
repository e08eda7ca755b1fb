"""What every face on the web shares: transactions, sessions, rights at the door, resources, headers."""

from pyramid.config import Configurator

from rtpy.http.resources import system_resource
from rtpy.http.security import STAFF


def includeme(config: Configurator) -> None:
    """All of it; `registry["rtpy.app"]` is the App. Closed by default: a view without a permission is for staff."""
    config.include("rtpy.http.transactions")
    config.include("rtpy.http.request")
    config.include("rtpy.http.session")
    config.include("rtpy.http.csrf")
    config.include("rtpy.http.security")
    config.include("rtpy.http.seeing")
    config.include("rtpy.http.tweens")
    config.set_root_factory(system_resource)
    config.set_default_permission(STAFF)
