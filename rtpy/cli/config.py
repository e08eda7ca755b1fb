"""`rtpy config`: the set-up of a site as a file."""

from pathlib import Path

import click

from rtpy.cli.site import open_app, site_options
from rtpy.config import Config


@click.group()
def config() -> None:
    """Write the set-up (queues, rights, lifecycles, fields, scrips …) out as TOML, to be kept and loaded elsewhere.

    \b
    Example: rtpy config export --output shop.toml
    """


@config.command()
@site_options
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Instead of standard output.")
def export(config: Config, output: Path | None) -> None:
    """Write all of it: the same set-up is always the same text, so that a version control shows what changed.

    The log of the set-up tells that it was written out.

    \b
    Example: rtpy config export > shop.toml
    """
    from rtpy.changes.configuring import note_configuration
    from rtpy.initialdata.brought import sections_of
    from rtpy.initialdata.writing import export as as_text

    with open_app(config) as app:
        with app.work(reading=True) as work:
            text = as_text(work, sections_of(app))
        if output is None:
            click.echo(text, nl=False)
        else:
            output.write_text(text, encoding="utf-8")
            click.echo(f"written to {output}")
        with app.work() as work:
            where = {"to": str(output) if output else "standard output"}
            note_configuration(work, "export", None, "the set-up", None, where)
