"""`rtpy portal export-knowledge DIR`: the published pages that are for everybody, as files."""

from pathlib import Path

import click

from rtpy.cli.site import open_app, site_options
from rtpy.config import Config

TOLD_EVERY = 500


@click.group("portal", short_help="The portal for customers.")
def portal() -> None:
    """Look after the portal for customers."""


@portal.command("export-knowledge", short_help="Write the published pages as files.")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@site_options
def export_knowledge(config: Config, folder: Path) -> None:
    """Write all published pages of knowledge that are for everybody into DIR, as HTML that needs no server.

    Pages for staff or for certain organisations are never among them. Files of an earlier export whose pages are
    gone are taken away; anything else in DIR stays.

    \b
    Example: rtpy portal export-knowledge /var/www/help
    """
    from rtpy_portal.knowledge.exporting import export_files
    from rtpy_portal.looks.theme import theme_of

    written: set[Path] = set()
    try:
        (folder / "page").mkdir(parents=True, exist_ok=True)
        with open_app(config) as app, app.work(reading=True) as work:
            for name, text in export_files(work.db, theme_of(app, work.db).name):
                (folder / name).write_text(text, encoding="utf-8")
                written.add(folder / name)
                if len(written) % TOLD_EVERY == 0:
                    click.echo(f"{len(written):,} files …", err=True)
        gone = [each for each in _ours(folder) if each not in written]
        for each in gone:
            each.unlink()
    except OSError as wrong:
        raise click.ClickException(f"The files could not be written: {wrong}.") from wrong
    pages = sum(each.parent.name == "page" for each in written)
    click.echo(f"{pages:,} pages are in {folder}." + (f" {len(gone):,} old files are gone." if gone else ""))


def _ours(folder: Path) -> list[Path]:
    """Files that an earlier export may have written."""
    pages = [each for each in (folder / "page").glob("*.html") if each.stem.isdigit()]
    return [*pages, *folder.glob("index.??.html")]
