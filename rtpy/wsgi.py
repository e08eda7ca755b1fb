"""The roof: one WSGI application of an App, its faces and its plugins."""

import atexit
from pathlib import Path
from typing import Any

from pyramid.config import Configurator

from rtpy.app import App
from rtpy.backups.home import refuse_half_restored
from rtpy.config import Config, load_config
from rtpy.garbage import collect_seldom
from rtpy.http.door import behind_proxy
from rtpy.identity.passwords import nobodys_hash
from rtpy.initialdata.brought import sections_of
from rtpy.logs.start import start_logging
from rtpy.mail.commands.brought import brought_commands
from rtpy.migrations.standing import refuse_unfit
from rtpy.paths import find_share
from rtpy.plugins import folders_of
from rtpy.site_key import refuse_another_key
from rtpy.stores.build import store_of
from rtpy.telemetry.exporting import start_exporting, stop_exporting


def application() -> Any:
    """The whole site that the environment names (RTPY_HOME, RTPY_CONFIG), for other WSGI servers than `rtpy serve`.

    `gunicorn "rtpy.wsgi:application()"`. Raises BadConfig, and Invalid for traces that cannot be told. Any: Pyramid's
    router is untyped.
    """
    config = load_config()
    start_logging(config)
    start_exporting(config)
    atexit.register(stop_exporting)
    app = make_served_app(config)
    collect_seldom()
    return behind_proxy(app, config)


def make_app(config: Config) -> Any:
    """The WSGI application of a site; Any: Pyramid's router is untyped. Raises Refused for a half restored home."""
    refuse_half_restored(config.home)
    return make_wsgi(App(config, blobs=store_of(config)))


def make_served_app(config: Config) -> Any:
    """The same to be served: raises Refused too when this version, or the key here, does not fit the database."""
    refuse_half_restored(config.home)
    app = App(config, blobs=store_of(config))
    refuse_unfit(app.engine, app.lines)
    refuse_another_key(app.engine, config, app.clock.now())
    return make_wsgi(app)


def make_wsgi(app: App, **settings: object) -> Any:
    """The WSGI application of an App that exists already, as tests have one; `settings` are Pyramid's. Any as above."""
    share = find_share(app.config)
    config = Configurator(
        settings={
            "rtpy.template_path": _search_path(app, share, "templates"),
            "rtpy.template_cache": app.config.home / "cache" / "templates",
            "rtpy.static_path": _search_path(app, share, "static"),
            **settings,
        }
    )
    config.registry["rtpy.app"] = app
    for look_at in (sections_of, brought_commands):
        look_at(app)  # what plugins bring there is right, or the site does not start
    config.include("rtpy.http")
    config.include("rtpy.rest2")  # before the pages: routes are tried in turn, and programs ask most often
    config.include("rtpy.web")
    config.include("rtpy.gateway")
    config.include("rtpy.rest1")
    app.hooks.rtpy_web(config=config)
    nobodys_hash()
    return config.make_wsgi_app()


def _search_path(app: App, share: Path, name: str) -> list[Path]:
    """Where pages or static files are looked for: the site's own first, then the plugins', then what ships."""
    return [app.config.home / "local" / name, *folders_of(app.plugins, name), share / name]
