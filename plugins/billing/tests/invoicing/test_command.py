"""`rtpy billing`: numbers after a restore."""

import pytest
from click.testing import CliRunner

from plugins.billing.tests.invoicing.made import APRIL, Shop
from rtpy.testing.fixtures import actor
from rtpy.testing.people import Factory
from rtpy_billing.commands.series import billing
from rtpy_billing.invoicing.drafts import prepare_drafts
from rtpy_billing.invoicing.issuing import issue


@pytest.mark.databases("sqlite")  # about the command; the deed itself is tested on both
def test_a_series_is_listed_and_goes_on_behind_the_gap(committed_app, tmp_path, monkeypatch):
    app = committed_app
    with app.work() as system:
        work = system.as_actor(actor(app, system.db, "root"))
        shop = Shop(work, Factory(app, work.db))
        shop.entry(60)
        (draft,) = prepare_drafts(work, shop.organization, APRIL)
        issue(work, draft, draft.version, "113.05")
    file = tmp_path / "rtpy.toml"
    url = app.engine.url.render_as_string(hide_password=False)
    file.write_text(f'plugins = ["billing"]\nhome = "{tmp_path}"\n[database]\nurl = "{url}"\n')
    run = CliRunner().invoke
    said = run(billing, ["series", "--config", str(file)])
    assert "next is 2026-0002" in said.output, said.output
    said = run(billing, ["advance-series", "1", "4", "--config", str(file)])
    assert said.output.splitlines()[1:] == ["2026-0002", "2026-0003"]
    said = run(billing, ["advance-series", "1", "2", "--config", str(file)])
    assert (said.exit_code, "only ever goes on" in said.output) == (1, True)
    assert (
        "There is no series 99" in run(billing, ["advance-series", "99", "2", "--config", str(file)]).output
    )
