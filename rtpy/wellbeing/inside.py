"""Signs of the site's own insides: search, scrips, plugins, disks, backups."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from rtpy.health import findings
from rtpy.models import Configuration, HookDay, ScripCount
from rtpy.models.configuration import LAST_BACKUP, RESTORED_FROM
from rtpy.search.text.state import progress
from rtpy.wellbeing.sign import Grade, Sign, how_long, how_many
from rtpy.work import Work

BEHIND = timedelta(minutes=15)
OLD_BACKUP = timedelta(days=2)
FEW_BYTES, FEW = 500_000_000, 0.02
"""Less free space than that is no order; and less than five times as much worth a look."""


def search_signs(work: Work) -> Iterator[Sign]:
    """Can everything be found? Two queries."""
    found = progress(work.db)
    if found.oldest is not None and work.now - found.oldest > BEHIND:
        yield Sign(
            "Search",
            Grade.BAD,
            f"What was written in the last {how_long(work.now - found.oldest)} cannot be found yet.",
            "Look at what is said of the worker here: its chore “full text” does this.",
        )
    elif found.left:
        yield Sign(
            "Search",
            Grade.FINE,
            f"{how_many(found.left, 'older thing is', 'older things are')} still to be read into the index",
        )
    else:
        yield Sign("Search", Grade.FINE, "everything can be found")


def failure_signs(work: Work) -> Iterator[Sign]:
    """What failed in scrips and plugins since yesterday, and what plugins say of themselves. Two queries and theirs."""
    yesterday = work.now.date() - timedelta(days=1)
    failed, hooks = work.db.execute(
        select(
            select(func.coalesce(func.sum(ScripCount.failed), 0))
            .where(ScripCount.day >= yesterday)
            .scalar_subquery(),
            select(func.coalesce(func.sum(HookDay.failures), 0))
            .where(HookDay.day >= yesterday)
            .scalar_subquery(),
        )
    ).one()
    if failed:
        yield Sign(
            "Scrips",
            Grade.NOTE,
            f"Scrips have failed {how_many(failed, 'time', 'times')} since yesterday.",
            "Each failure names its scrip and the reason: correct that scrip.",
            "admin.scrip_failures",
        )
    else:
        yield Sign("Scrips", Grade.FINE, "none has failed since yesterday", page="admin.scrip_failures")
    found = findings(work)
    wrong = [finding for finding in found if not finding.check.ok]
    for finding in wrong:
        yield Sign(
            "Plugins",
            Grade.BAD,
            finding.said,
            "The plugin's own documentation says more.",
            "admin.plugin.list",
        )
    if hooks:
        yield Sign(
            "Plugins",
            Grade.NOTE,
            f"Plugins have failed {how_many(hooks, 'time', 'times')} since yesterday.",
            "The page names hook and error; safe mode (RTPY_NO_PLUGINS=1) shows whether a plugin is at fault.",
            "admin.plugin.list",
        )
    if not wrong and not hooks:
        yield Sign("Plugins", Grade.FINE, "they find nothing wrong", page="admin.plugin.list")


def disk_signs(work: Work) -> Iterator[Sign]:
    """Is there space in the home, and in the folder of attached files?"""
    config = work.app.config
    folders = {"home": config.home}
    if config.attachments.store == "folder":
        folders["folder of attached files"] = Path(config.attachments.folder or config.home / "attachments")
    for name, folder in folders.items():
        try:
            usage = shutil.disk_usage(folder)
        except OSError as error:
            yield Sign(
                "Disk",
                Grade.BAD,
                f"The {name} cannot be reached: {error.strerror}.",
                "Look whether its disk is mounted.",
                detail=str(folder),
            )
            continue
        free, share = usage.free, usage.free / max(usage.total, 1)
        grade = Grade.FINE
        if free < 5 * FEW_BYTES and share < 5 * FEW:
            grade = Grade.BAD if free < FEW_BYTES or share < FEW else Grade.NOTE
        said = f"{free / 1e9:,.1f} GB free in the {name}"
        yield Sign(
            "Disk",
            grade,
            said if grade is Grade.FINE else f"There are only {said}.",
            ""
            if grade is Grade.FINE
            else "Make room or give it a larger disk: without space no mail is taken in.",
            detail=str(folder),
        )


def backup_signs(work: Work) -> Iterator[Sign]:
    """When was the last backup made by `rtpy backup`? One query."""
    rows = select(Configuration.name, Configuration.value).where(
        Configuration.name.in_((LAST_BACKUP, RESTORED_FROM))
    )
    known = {row.name: row.value for row in work.db.execute(rows)}
    value = known.get(LAST_BACKUP)
    remedy = "`rtpy backup FILE` makes one while the site runs: let a timer call it each night."
    at = _moment(value.get("at")) if isinstance(value, dict) else None
    if not isinstance(value, dict) or at is None:
        yield Sign("Backup", Grade.NOTE, _without_backup(known.get(RESTORED_FROM)), remedy)
        return
    ago, size = how_long(work.now - at), f"{int(value.get('bytes') or 0) / 1e6:,.0f} MB"
    if work.now - at > OLD_BACKUP:
        yield Sign("Backup", Grade.NOTE, f"The last backup is {ago} old.", remedy)
    elif not value.get("verified"):
        yield Sign(
            "Backup",
            Grade.NOTE,
            "The last backup was not verified.",
            "`rtpy backup verify FILE` says whether it can be restored.",
        )
    else:
        yield Sign("Backup", Grade.FINE, f"verified, {ago} ago, {size}")


def _without_backup(restored: object) -> str:
    made = _moment(restored.get("made")) if isinstance(restored, dict) else None
    if made is None:
        return "No backup is known: never made by `rtpy backup`."
    return (
        f"This site was restored from the backup of {made.astimezone(UTC):%Y-%m-%d %H:%M} UTC, and has made none of "
        "its own since."
    )


def _moment(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else None
