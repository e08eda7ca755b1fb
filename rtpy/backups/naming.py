"""Names of backups in a folder, and which of them are old."""

import re
from datetime import datetime, timedelta
from pathlib import Path


def new_name(folder: Path, site: str, now: datetime) -> Path:
    """The file for a backup that is taken now, of which there is none yet: `rtpy-backup-SITE-20260302T090000Z.tar`."""
    while (file := folder / f"{_beginning(site)}{now:%Y%m%dT%H%M%SZ}.tar").exists():
        now += timedelta(seconds=1)
    return file


def remove_old(folder: Path, site: str, keep: int) -> list[Path]:
    """Delete all backups of that site in the folder but the newest `keep`; returns the deleted ones."""
    pattern = re.compile(rf"{re.escape(_beginning(site))}\d{{8}}T\d{{6}}Z\.tar")
    found = sorted(file for file in folder.iterdir() if pattern.fullmatch(file.name) and file.is_file())
    old = found[: max(len(found) - keep, 0)]
    for file in old:
        file.unlink()
    return old


def is_backup_name(name: str) -> bool:
    """Is a file called like a backup of any site?"""
    return name.startswith("rtpy-backup-")


def _beginning(site: str) -> str:
    return f"rtpy-backup-{re.sub(r'[^A-Za-z0-9.]+', '-', site)}-"
