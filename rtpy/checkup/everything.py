"""All that is looked at, in the order in which one would mend it."""

from collections.abc import Iterator
from importlib.util import find_spec

from sqlalchemy.exc import SQLAlchemyError

from rtpy.app import App
from rtpy.checkup.database import look_at_database
from rtpy.checkup.finding import Finding, Grade, fine, note, wrong
from rtpy.checkup.folders import look_at_home
from rtpy.checkup.machine import look_at_versions
from rtpy.checkup.outside import look_at_mail
from rtpy.checkup.places import look_at_files, look_at_replica
from rtpy.checkup.sealed import look_at_key
from rtpy.errors import Invalid, RtpyError
from rtpy.health import findings
from rtpy.identity.directories.directory import MISSING
from rtpy.identity.directories.settings import enabled_directories
from rtpy.telemetry.exporting import check_telemetry
from rtpy.wellbeing.looking import signs
from rtpy.wellbeing.sign import Grade as How

TOLD = ("Plugins", "Disk")
"""Signs that are findings of their own here."""


def look_over(app: App, *, net: bool = False) -> Iterator[Finding]:
    """Everything; what needs the database is left out when that is not in order. With `net` servers are called."""
    config = app.config
    yield from look_at_versions()
    yield fine("configuration")
    yield fine("lifecycles and plugins")
    if config.set_aside:
        yield note("safe mode", f"not loaded are {', '.join(config.set_aside)}")
    yield from look_at_home(config)
    database = list(look_at_database(app))
    yield from database
    if not any(finding.grade is Grade.WRONG for finding in database):
        try:
            yield from look_at_key(app)
            yield from look_at_directories(app)
            yield from look_at_plugins(app)
            yield from look_at_running(app)
            yield from look_at_replica(app)
        except (SQLAlchemyError, RtpyError) as error:
            yield wrong("database", f"its first data cannot be read: {error}", "run: rtpy init")
    yield from look_at_files(app)
    yield from look_at_mail(app, net=net)
    try:
        check_telemetry(config)
    except Invalid as problem:
        yield wrong("telemetry", str(problem).rstrip("."), "see docs/administering/watching.md")
    if config.web.login_header and not config.web.trusted_proxy:
        yield note("web.login_header", "counts for nobody as long as web.trusted_proxy names no proxy")


def look_at_directories(app: App) -> Iterator[Finding]:
    """Directories that let people in, and what is missing for that."""
    with app.reading_sessions() as db:
        names = ", ".join(directory.name for directory in enabled_directories(app, db))
    if names and find_spec("ldap") is None:
        yield wrong(
            f"directories ({names})",
            f"nobody logs in through them. {MISSING}",
            "see docs/administering/ldap.md",
        )
    elif names:
        yield fine(f"directories {names}")


def look_at_plugins(app: App) -> Iterator[Finding]:
    """What plugins say of themselves."""
    with app.work(reading=True) as work:
        found = findings(work, anew=True)
    for finding in found:
        if finding.check.ok:
            yield fine(finding.what)
        else:
            yield wrong(
                finding.what,
                finding.check.sentence.rstrip(".") or "not in order",
                "see Administration, Plugins",
            )


def look_at_running(app: App) -> Iterator[Finding]:
    """How it goes with what runs, as notes: a worker that rests during an upgrade is no mistake."""
    with app.work(reading=True) as work:
        found = [sign for sign in signs(work) if sign.about not in TOLD]
    for sign in found:
        if sign.grade is How.FINE:
            yield fine(sign.about.lower(), sign.sentence)
        else:
            yield note(sign.about.lower(), sign.sentence.rstrip("."), sign.remedy)
