"""`rtpy secret-key`: is the secret_key of this home the site's, and what when it is lost."""

import click

from rtpy.cli.site import open_app, site_options
from rtpy.config import Config


@click.command("secret-key")
@site_options
@click.option("--accept", is_flag=True, help="Let the key of this home be the site's from now on.")
def secret_key(config: Config, accept: bool) -> None:
    """Say whether the file secret_key of this home is the site's own; with --accept, make it so.

    The database knows the key by a fingerprint, and nothing starts with another one. When the key is lost, or was
    changed on purpose: stop rtpy on all machines, call this on one of them, copy its secret_key to the others and
    start them. What was sealed with the key before cannot be opened any more; it is listed.

    \b
    Example: rtpy secret-key
             rtpy secret-key --accept
    """
    from rtpy.changes.configuring import note_configuration
    from rtpy.checkup.sealed import closed_secrets
    from rtpy.migrations.standing import refuse_unfit
    from rtpy.site_key import accept as accept_key
    from rtpy.site_key import noted_fingerprint, problem_of

    with open_app(config, as_it_is=True) as app:
        refuse_unfit(app.engine, app.lines)
        if not accept:
            with app.reading_sessions() as db:
                problem, noted = problem_of(db.connection(), config), noted_fingerprint(db.connection())
            if problem:
                raise click.ClickException(problem)
            click.echo(
                "This is the key of the site." if noted else "No key is noted yet: the first start does it."
            )
            return
        with app.work() as work:
            before = noted_fingerprint(work.db.connection())
            accept_key(work.db.connection(), config, work.now)
            closed = list(closed_secrets(app, work.db))
            after = noted_fingerprint(work.db.connection())
            marks = ({"begins with": before[:8]}, {"begins with": after[:8]})
            note_configuration(work, "secret key", None, "the key of the site", *marks)
    click.echo(
        f"{config.home / 'secret_key'} is the key of the site now. Copy it to all its machines, then start them."
    )
    if closed:
        click.echo("It does not open what was sealed with another key:")
        for line in closed:
            click.echo(f"- {line}")
