"""The pages: what a browser sees. This is their table of contents."""

from pyramid.config import Configurator

ROOMS = (
    "rtpy.web.login",
    "rtpy.web.sign_on",
    "rtpy.web.reset",
    "rtpy.web.errors",
    "rtpy.web.health",
    "rtpy.web.metrics",
    "rtpy.web.attachments",
    "rtpy.web.rt_pages",
    "rtpy.web.rt_urls",
    "rtpy.web.custom_fields",
    "rtpy.web.second_factor",
    "rtpy.web.staff",
    "rtpy.web.admin",
)
"""Where views are; each module's `@view_config`s are found, those of its submodules too."""


def includeme(config: Configurator) -> None:
    """Templates and static files, the addresses, then the views."""
    config.include("rtpy.web.templating")
    config.include("rtpy.web.routes")
    config.include("rtpy.web.menu")
    config.include("rtpy.web.panels")
    config.include("rtpy.web.translating")
    config.include("rtpy.web.staff.portlets")
    for room in ROOMS:
        config.scan(room)
