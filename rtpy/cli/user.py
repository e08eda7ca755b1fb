"""`rtpy user`: accounts from the command line."""

import secrets
from typing import TYPE_CHECKING

import click

from rtpy.cli.site import open_app, site_options
from rtpy.config import Config

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from rtpy.models import User


@click.group()
def user() -> None:
    """Create, list and disable users; set passwords.

    \b
    Example: rtpy user create ann --email ann@example.com --privileged
    """


@user.command()
@site_options
@click.argument("name")
@click.option("--email", default="", help="Mail address.")
@click.option("--real-name", default="", help="The name that people see.")
@click.option("--privileged", is_flag=True, help="Staff: may be given rights and work on tickets.")
@click.option("--password", help="Otherwise one is drawn and printed.")
def create(
    config: Config, name: str, email: str, real_name: str, privileged: bool, password: str | None
) -> None:
    """Make a user with a password.

    \b
    Example: rtpy user create ann --email ann@example.com --real-name "Ann Lee" --privileged
    """
    from rtpy.changes.accounts import create_account
    from rtpy.changes.people import find_person
    from rtpy.errors import Conflict
    from rtpy.identity.accounts import set_password

    drawn = secrets.token_urlsafe(12)
    with open_app(config, uses_key=True) as app, app.work() as work:
        for wanted in filter(None, (name, email)):
            if find_person(work.db, wanted) is not None:
                raise Conflict(f"There is a user {wanted} already.")
        person = create_account(
            work, privileged=privileged, name=name, email_address=email, real_name=real_name
        )
        set_password(work, person, password or drawn)
        name = person.name
    click.echo(f"User {name} is made." if password else f"User {name} is made, with the password {drawn}")


@user.command()
@site_options
@click.argument("name")
@click.option("--password", help="Otherwise one is drawn and printed.")
def password(config: Config, name: str, password: str | None) -> None:
    """Give a user a new password and end all sessions, tokens and feeds of that user.

    \b
    Example: rtpy user password root
    """
    from rtpy.identity.accounts import set_password

    drawn = secrets.token_urlsafe(12)
    with open_app(config, uses_key=True) as app, app.work() as work:
        set_password(work, _find(work.db, name), password or drawn)
    click.echo(f"{name} has the password you gave." if password else f"{name} has the password {drawn}")


@user.command()
@site_options
@click.argument("name")
def disable(config: Config, name: str) -> None:
    """Switch a user off: no login, no rights; the history stays.

    \b
    Example: rtpy user disable ann
    """
    _switch(config, name, disabled=True)


@user.command()
@site_options
@click.argument("name")
def enable(config: Config, name: str) -> None:
    """Switch a disabled user on again.

    \b
    Example: rtpy user enable ann
    """
    _switch(config, name, disabled=False)


@user.command(name="reset-second-factor")
@site_options
@click.argument("name")
def reset_second_factor(config: Config, name: str) -> None:
    """Take the second factor off somebody who has lost phone and recovery codes; all their logins end.

    \b
    Example: rtpy user reset-second-factor ann
    """
    from rtpy.identity.second_factor.factor import reset_factor

    with open_app(config, uses_key=True) as app, app.work() as work:
        had = reset_factor(work, _find(work.db, name))
    click.echo(f"{name} has no second factor any more." if had else f"{name} had no second factor.")


@user.command(name="list")
@site_options
def list_users(config: Config) -> None:
    """List all users that can have a login or wrote a mail.

    \b
    Example: rtpy user list
    """
    from rich.console import Console
    from rich.table import Table
    from sqlalchemy import select

    from rtpy.models import Group, GroupClosure, Principal, User

    staff = (
        select(GroupClosure.member_id)
        .join(Group, Group.id == GroupClosure.group_id)
        .where(Group.domain == "SystemInternal", Group.name == "Privileged")
    )
    query = (
        select(User.name, User.real_name, User.email_address, Principal.disabled, User.id.in_(staff))
        .join(Principal, Principal.id == User.id)
        .order_by(User.name)
    )
    table = Table("name", "real name", "mail address", "staff", "disabled")
    with open_app(config) as app, app.reading_sessions() as db:
        for name, real_name, address, disabled, privileged in db.execute(query):
            table.add_row(
                name, real_name, address or "", "yes" if privileged else "", "yes" if disabled else ""
            )
    Console().print(table)


def _switch(config: Config, name: str, *, disabled: bool) -> None:
    from rtpy.identity.accounts import set_disabled

    with open_app(config, uses_key=True) as app, app.work() as work:
        set_disabled(work, _find(work.db, name), disabled=disabled)
    click.echo(f"{name} is {'disabled' if disabled else 'enabled'}.")


def _find(db: "Session", name: str) -> "User":
    from rtpy.changes.people import find_person
    from rtpy.errors import NotFound

    found = find_person(db, name)
    if found is None:
        raise NotFound(f"There is no user {name}.")
    return found
