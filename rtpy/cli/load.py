"""`rtpy load`: makes a set-up file true."""

from pathlib import Path

import click

from rtpy.cli.site import open_app, site_options
from rtpy.config import Config
from rtpy.errors import Invalid

SAID = {"make": "made", "change": "changed"}


@click.command()
@site_options
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def load(config: Config, file: Path, dry_run: bool) -> None:
    """Make the set-up in FILE true: what is missing is made, what differs is changed, nothing is deleted.

    All of it or, when one entry is wrong, nothing. FILE is what `rtpy config export` writes, or a part of it.

    \b
    Example: rtpy load shop.toml --dry-run
    """
    from rtpy.initialdata.brought import sections_of
    from rtpy.initialdata.reading import load as load_data
    from rtpy.initialdata.reading import parse
    from rtpy.models.user import SYSTEM_USER
    from rtpy.work import Actor, Face

    try:
        text = file.read_text(encoding="utf-8")
        with open_app(config, uses_key=True) as app, app.sessions() as db:
            sections = sections_of(app)
            data = parse(text, sections)
            work = app.work_in(db, Actor(app.system_user_id(db), SYSTEM_USER, Face.CLI))
            steps = load_data(work, data, sections)
            if dry_run:
                db.rollback()
            else:
                db.commit()
    except UnicodeDecodeError as wrong:
        raise click.ClickException(f"{file} is not UTF-8 text.") from wrong
    except Invalid as wrong:
        lines = "\n".join(f"  {problem.message}" for problem in wrong.problems)
        raise click.ClickException(f"Nothing was changed. {file}:\n{lines}") from wrong
    done = [step for step in steps if step.deed != "keep"]
    for step in done:
        what = f" ({', '.join(step.changes)})" if step.changes else ""
        click.echo(f"{'would be ' if dry_run else ''}{SAID[step.deed]}: {step.section} {step.name}{what}")
        for remark in step.remarks:
            click.echo(f"  {remark}", err=True)
    click.echo(f"{len(done)} of {len(steps)} entries {'would be ' if dry_run else ''}made or changed")
