"""`rtpy validator`: what does not fit together in the database, told and repaired."""

from typing import TYPE_CHECKING

import click

from rtpy.cli.site import open_app, site_options
from rtpy.config import Config

if TYPE_CHECKING:
    from rtpy.validating.running import Finding


@click.command()
@site_options
@click.option("--check", "only_check", is_flag=True, help="Only look; what happens without --resolve too.")
@click.option("--resolve", is_flag=True, help="Repair what can be repaired, after a question for each kind.")
@click.option("--force", is_flag=True, help="With --resolve: ask nothing.")
@click.option("--json", "as_json", is_flag=True, help="For programs: one document.")
@click.option("--verbose", "-v", is_flag=True, help="Name what was asked and found nothing too.")
def validator(
    config: Config, only_check: bool, resolve: bool, force: bool, as_json: bool, verbose: bool
) -> None:
    """Find what does not fit together in the database, in the core and in plugins, and repair it.

    Ends with 1 when something is left that does not fit. Nothing is written without --resolve; take a backup before it.

    \b
    Example: rtpy validator --resolve
    """
    from rtpy.validating.running import check
    from rtpy.validating.running import resolve as repair

    if only_check and resolve:
        raise click.UsageError("--check only looks: leave out one of --check and --resolve.")
    if (force and not resolve) or (as_json and resolve and not force):
        raise click.UsageError("--force goes with --resolve, and --json asks nothing: say --resolve --force.")
    last: dict[str, Finding] = {}
    repaired: dict[str, int] = {}
    with open_app(config) as app:
        for finding in repair(app, lambda each: force or _agree(each)) if resolve else check(app):
            name = finding.validation.name
            last[name] = finding
            repaired[name] = repaired.get(name, 0) + finding.repaired
            if not as_json:
                _tell(finding, verbose=verbose)
    left = sum(1 for each in last.values() if each.problem or each.found.count > each.repaired)
    if as_json:
        _document(last, repaired)
    elif not left:
        click.echo(f"Everything fits together: {len(last)} kinds of rows were looked at.")
    if left:
        raise SystemExit(1)


def _agree(finding: "Finding") -> bool:
    each = finding.validation
    click.echo(f"{finding.found.count} {each.wrong}: {'; '.join(finding.found.examples)}")
    return click.confirm(f"{each.how} Do it?", default=False)


def _tell(finding: "Finding", *, verbose: bool) -> None:
    each, found = finding.validation, finding.found
    if finding.problem:
        click.echo(f"{each.name}: {finding.problem}", err=True)
    elif finding.repaired:
        click.echo(f"{each.name}: {finding.repaired} rows repaired.")
    elif found.count:
        click.echo(f"{each.name}: {found.count} {each.wrong}.")
        for example in found.examples:
            click.echo(f"    {example}")
        click.echo(f"    {'With --resolve: ' if each.repair else ''}{each.how}")
    elif verbose:
        click.echo(f"{each.name}: fits ({finding.seconds:.2f} s).")


def _document(last: "dict[str, Finding]", repaired: dict[str, int]) -> None:
    import orjson

    lines = [
        {
            "name": name,
            "wrong": each.validation.wrong,
            "count": each.found.count,
            "examples": list(each.found.examples),
            "can_be_repaired": each.validation.repair is not None,
            "how": each.validation.how,
            "repaired": repaired[name],
            "problem": each.problem,
            "seconds": round(each.seconds, 3),
        }
        for name, each in last.items()
    ]
    click.echo(orjson.dumps(lines, option=orjson.OPT_INDENT_2).decode())
