"""Where files lie besides the database, and the replica that answers instead of it."""

from collections.abc import Iterator

from rtpy.app import App
from rtpy.checkup.finding import Finding, fine, note, wrong
from rtpy.stores.placed import PlacedStore


def look_at_files(app: App) -> Iterator[Finding]:
    """Each place for files that is configured: can it be asked?"""
    for keeper in app.blobs.keepers if isinstance(app.blobs, PlacedStore) else ():
        about = f"files ({keeper.name})"
        try:
            if keeper.is_set_up():
                next(iter(keeper.listed()), None)
        except OSError as error:
            yield wrong(about, str(error), "see docs/administering/attachments.md")
        else:
            yield fine(about)


def look_at_replica(app: App) -> Iterator[Finding]:
    """The replica, if one is configured: without it the database answers, so nothing fails."""
    if app.replica is None:
        return
    if app.replica.is_ready():
        yield fine("replica")
    else:
        yield note(
            "replica",
            "it is away, behind or none; the database itself answers",
            "see docs/administering/database.md",
        )
