"""`rtpy check` about directories: which let people in, and what is missing for that."""

import importlib.util

import pytest

from rtpy.cli.check import _check_directories
from rtpy.models import UserDirectory

pytestmark = pytest.mark.databases("sqlite")  # one plain query


@pytest.mark.parametrize(
    ("disabled", "installed", "code", "said"),
    [
        (False, True, 0, "directories: Ours"),
        (False, False, 1, "nobody logs in through them. python-ldap is not installed"),
        (True, False, 0, ""),
    ],
)
def test_check_says_when_python_ldap_is_missing_for_a_directory(
    app, db, monkeypatch, capsys, disabled, installed, code, said
):
    row = UserDirectory(
        name="Ours", disabled=disabled, urls=[], login_attributes=[], attributes={}, created=app.clock.now()
    )
    db.add(row)
    db.flush()
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: object() if installed else None)
    ended = 0
    try:
        _check_directories(app)
    except SystemExit as end:
        ended = end.code
    told = "".join(capsys.readouterr())
    assert (ended, said in told, bool(told)) == (code, True, bool(said))
