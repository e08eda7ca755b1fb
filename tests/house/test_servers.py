"""The throwaway servers that other tests stand on."""

import os
from pathlib import Path

import pytest

from rtpy.testing.servers import chromium_path, missing_servers, throwaway_postgres, throwaway_slapd

absent = missing_servers()


def needs(package: str) -> pytest.MarkDecorator:
    """Skip with the reason where `package` is missing; on a machine of continuous integration run and fail."""
    here = package in absent and os.environ.get("CI") != "true"
    return pytest.mark.skipif(here, reason=absent.get(package, ""))


@needs("postgresql")
def test_postgresql_comes_up_and_leaves_nothing_behind():
    sqlalchemy = pytest.importorskip("sqlalchemy")
    with throwaway_postgres() as url:
        engine = sqlalchemy.create_engine(url)
        with engine.connect() as connection:
            assert connection.scalar(sqlalchemy.text("select 6 * 7")) == 42
        engine.dispose()
    assert not Path(sqlalchemy.make_url(url).query["host"]).exists()


@needs("slapd")
def test_slapd_comes_up_with_its_entries(tmp_path):
    entry = (
        "dn: cn=Ann,dc=example,dc=com\nobjectClass: inetOrgPerson\ncn: Ann\nsn: Lee\nmail: ann@example.com\n"
    )
    with throwaway_slapd(tmp_path / "ldap", entry) as server:
        assert server.url.startswith("ldap://127.0.0.1:")


@needs("chromium")
def test_chromium_is_found():
    assert chromium_path() is not None
    assert os.access(str(chromium_path()), os.X_OK)
