"""The photos for the lines of a run that are next: asked for again just then, so that no plan holds pictures."""

import logging
from collections.abc import Mapping, Sequence

from rtpy.app import App
from rtpy.errors import Refused
from rtpy.identity.directories.directory import DirectoryUnreachable, open_directory
from rtpy.identity.directories.person import photo_of
from rtpy.identity.directory_sync.plan import Syncing

log = logging.getLogger("rtpy.directory")


def read_photos(app: App, syncing: Syncing, unique_ids: Sequence[str]) -> Mapping[str, bytes]:
    """By unique id; none of whom has none. No transaction is open. Empty when the directory does not answer."""
    if not unique_ids:
        return {}
    settings = syncing.settings
    try:
        directory = open_directory(app, settings)
        try:
            entries = directory.people_with(unique_ids, photos=True)
            return {entry.unique_id: photo for entry in entries if (photo := photo_of(settings, entry))}
        finally:
            directory.close()
    except (DirectoryUnreachable, Refused) as problem:
        log.warning("directory %s: no photos: %s", settings.id, problem)
        return {}
