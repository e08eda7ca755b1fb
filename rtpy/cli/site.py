"""What commands share: the options that say which site is meant, and its configuration read from them."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rtpy.config import BadConfig, Config, load_config

if TYPE_CHECKING:
    from rtpy.app import App


def site_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --home, --config and --no-plugins to a click command, and calls it with `config` in their place."""

    @click.option("--home", metavar="DIR", help="Folder of the database, mail and secrets (RTPY_HOME).")
    @click.option(
        "--config",
        "config_file",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Instead of etc/rtpy.toml.",
    )
    @click.option("--no-plugins", is_flag=True, help="Load no plugin (RTPY_NO_PLUGINS=1).")
    @functools.wraps(command)
    def with_site(
        *args: Any, home: str | None, config_file: Path | None, no_plugins: bool, **options: Any
    ) -> Any:
        config = read_config(config_file, {"home": home, "no_plugins": no_plugins or None})
        return command(*args, config=config, **options)

    return with_site


def read_config(file: Path | None, overrides: dict[str, Any]) -> Config:
    """The configuration with what the command line overrides (None: not given).

    Raises click.ClickException with every problem in it.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return load_config(file, given)
    except BadConfig as bad:
        raise click.ClickException("The configuration cannot be used:\n" + "\n".join(bad.problems)) from bad


def refuse_no_address(url: str) -> None:
    """Raises click.ClickException when `url`, given on the command line, is no address of a database for rtpy."""
    from rtpy.config.load import settle

    try:
        settle({"database.url": url})
    except BadConfig as bad:
        raise click.ClickException(
            "That is no address of a database: write one such as postgresql+psycopg://USER@HOST:5432/NAME or "
            "sqlite:////var/lib/rtpy/rtpy.db."
        ) from bad


@contextmanager
def open_app(config: Config, *, uses_key: bool = False, as_it_is: bool = False) -> "Iterator[App]":
    """The app of this site, for one command; its database connections are closed at the end.

    Raises Refused, with what is to be done, when there is no database or its tables are of another version;
    `as_it_is`: the command looks after that itself. `uses_key`: the command seals or opens secrets, or writes mails,
    whose identifiers are signed; raises Refused, with nothing done, when the key in this home is not the site's.
    A database that cannot be reached is told in a sentence, as a click.ClickException.
    """
    from sqlalchemy.engine import make_url  # heavy, like the app, and not every command needs them
    from sqlalchemy.exc import OperationalError

    from rtpy.app import App
    from rtpy.backups.home import refuse_half_restored
    from rtpy.migrations.standing import refuse_unfit
    from rtpy.site_key import refuse_another_key
    from rtpy.stores.build import store_of

    refuse_half_restored(config.home)
    if not as_it_is:
        _refuse_missing(config)
    app = App(config, blobs=store_of(config))
    try:
        if not as_it_is:
            refuse_unfit(app.engine, app.lines)
        if uses_key:
            refuse_another_key(app.engine, config, app.clock.now())
        yield app
    except OperationalError as error:
        where = make_url(config.database.url).render_as_string(hide_password=True)
        raise click.ClickException(
            f"The database {where} cannot be used: {_first_line(error.orig)}"
        ) from error
    finally:
        if "engine" in vars(app):  # it was used
            app.engine.dispose()
        if "replica" in vars(app) and app.replica:
            app.replica.dispose()


def _refuse_missing(config: Config) -> None:
    """SQLite would make an empty file, into which later nothing could be restored."""
    from sqlalchemy.engine import make_url

    from rtpy.errors import Refused

    url = make_url(config.database.url)
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).exists():
        raise Refused(
            f"There is no database at {url.database}: name another home with --home or RTPY_HOME, or run `rtpy init`."
        )


def _first_line(error: BaseException | None) -> str:
    return (str(error).strip().splitlines() or ["no reason was given"])[0]
