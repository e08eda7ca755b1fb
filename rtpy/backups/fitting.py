"""Whether a backup, or another database, fits the code and the plugins of this site."""

from functools import cache
from pathlib import Path

from alembic.script import ScriptDirectory

from rtpy import __version__
from rtpy.app import App
from rtpy.backups.manifest import Manifest
from rtpy.config import Config
from rtpy.errors import Refused
from rtpy.migrations.lines import CORE, Line


def need_known(manifest: Manifest, lines: tuple[Line, ...] = ()) -> None:
    """Raises Refused when the backup has tables of the core or of these lines that are newer than this code."""
    for line in (CORE, *lines):
        revision = manifest.figures.revisions.get(line.name)
        if revision is not None and revision not in _revisions(line.versions):
            what = (
                f"the plugin {line.name} {manifest.plugins.get(line.name, '')}"
                if line.name
                else f"rtpy {manifest.rtpy}"
            )
            raise Refused(
                f"The backup was made with {what.strip()}, whose tables (revision {revision}) are newer than this rtpy "
                f"{__version__} knows: install that version or a newer one, then restore."
            )


def need_plugins(manifest: Manifest, config: Config) -> None:
    """Raises Refused when the configuration does not list a plugin that the site listed when it was backed up."""
    listed = {*config.plugins, *config.set_aside}
    if missing := [name for name in manifest.plugins if name not in listed]:
        raise Refused(
            f"The site that was backed up lists the plugins {', '.join(manifest.plugins)}, and this configuration does "
            f"not list {', '.join(missing)}: put them on the list `plugins` (RTPY_PLUGINS), or give --no-plugins."
        )


def is_older(manifest: Manifest, app: App) -> bool:
    """Must the database of the backup be migrated before this code can work with it?"""
    return any(
        manifest.figures.revisions.get(line.name) != _head(line.versions) for line in (CORE, *app.lines)
    )


def _head(versions: Path) -> str | None:
    return _scripts(versions).get_current_head()


def _revisions(versions: Path) -> frozenset[str]:
    return frozenset(script.revision for script in _scripts(versions).walk_revisions())


@cache
def _scripts(versions: Path) -> ScriptDirectory:
    return ScriptDirectory(str(CORE.versions.parent), version_locations=[str(versions)])
