"""The attachment store that the configuration asks for."""

import os
from pathlib import Path

from rtpy.changes.blobs import DatabaseStore
from rtpy.config import Config
from rtpy.errors import Invalid, Problem
from rtpy.ports import AttachmentStore, ByteKeeper
from rtpy.stores.folder import FolderKeeper
from rtpy.stores.placed import PlacedStore


def store_of(config: Config) -> AttachmentStore:
    """The store of this site. Nothing is asked of a server yet. Raises Invalid when the configuration is not enough.

    What lies at a place that is configured is found there, whichever of them gets what is new.
    """
    keepers = keepers_of(config)
    if not keepers:
        return DatabaseStore()
    wanted = config.attachments.store
    target = next((keeper for keeper in keepers if keeper.name == wanted), None)
    first = [target] if target else []
    return PlacedStore(target, [*first, *(keeper for keeper in keepers if keeper is not target)])


def keepers_of(config: Config) -> list[ByteKeeper]:
    """Every place outside the database that is configured, or was used in the home. Raises Invalid."""
    options = config.attachments
    keepers: list[ByteKeeper] = []
    folder = folder_of(config)
    if (
        options.store == "folder" or options.folder or os.path.isdir(folder)
    ):  # False too where we may not look
        keepers.append(FolderKeeper(folder))
    if options.store == "s3" and not options.s3_bucket:
        raise Invalid(
            Problem("attachments.s3_bucket", "attachments.store is s3: name attachments.s3_bucket.")
        )
    if options.s3_bucket:
        from rtpy.stores.bucket import BucketKeeper  # its library is heavy

        keepers.append(BucketKeeper(options))
    return keepers


def folder_of(config: Config) -> Path:
    """Where the store `folder` lies."""
    return Path(config.attachments.folder or config.home / "attachments")
