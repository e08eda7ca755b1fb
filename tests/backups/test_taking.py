"""The file of a backup: whole and for its owner alone, or not there; and every damage is found, by name."""

import os

import pytest
from click.testing import CliRunner
from sqlalchemy.engine import make_url

from rtpy.backups import postgresql
from rtpy.backups.archive import read_members
from rtpy.backups.home import name_database
from rtpy.backups.naming import remove_old
from rtpy.backups.postgresql import find_program
from rtpy.backups.taking import DRAFTS, take_backup
from rtpy.backups.verifying import verify
from rtpy.cli.main import rtpy
from rtpy.errors import Refused
from rtpy.models import Configuration
from tests.backups.killing import killed_at

# The file is the same whatever the database; tests/backups/test_restoring.py takes it of both.
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def run(site, monkeypatch):
    """Runs `rtpy backup …` for the site."""
    monkeypatch.setenv("RTPY_CONFIG", str(site.config.home / "rtpy.toml"))
    monkeypatch.setenv("RTPY_HOME", str(site.config.home))
    return lambda *words: CliRunner().invoke(rtpy, ["backup", *map(str, words)])


def test_a_damaged_byte_in_any_file_of_it_is_found_by_name(site, tell, tmp_path):
    backup = tmp_path / "site.tar"
    take_backup(site, backup, {"rtpy.toml": site.config.home / "rtpy.toml"}, tell)
    whole = backup.read_bytes()
    places = {}
    with backup.open("rb") as file:
        for member in read_members(file):
            places[member.name] = file.tell() + member.size // 2
    assert {name.partition("/")[0] for name in places} == {
        *("attachments", "database.sqlite.gz", "home", "etc", "manifest.json", "manifest.sha256")
    }
    for name, place in places.items():
        broken = bytearray(whole)
        broken[place] ^= 1
        backup.write_bytes(broken)
        with pytest.raises(Refused) as refused:
            verify(backup, tell)
        assert f"{name} " in str(refused.value) or f"{name})" in str(refused.value)
    for cut in (100, len(whole) // 2, len(whole) - 3000):
        backup.write_bytes(whole[:cut])
        with pytest.raises(Refused):
            verify(backup, tell)


def test_what_is_killed_in_the_middle_leaves_nothing_under_the_final_name(site, run, tell, tmp_path):
    folder = tmp_path / "kept"
    folder.mkdir()
    home = ("--home", str(site.config.home))
    assert killed_at("backup-written", site, "backup", str(folder / "site.tar"), *home).returncode == -9
    assert [file.name for file in folder.iterdir()] == [DRAFTS]
    assert run(folder).exit_code == 0
    (made,) = folder.iterdir()
    assert made.stat().st_mode & 0o777 == 0o600
    assert verify(made, tell).site == "help.example"


def test_backups_in_a_folder_are_named_by_the_time_and_old_ones_go_when_the_new_one_is_good(
    site, run, tmp_path
):
    folder = tmp_path / "kept"
    folder.mkdir()
    other = folder / "rtpy-backup-other.example-20200101T000000Z.tar"
    old = [folder / f"rtpy-backup-help.example-2020010{day}T000000Z.tar" for day in (1, 2, 3)]
    for file in (other, *old):
        file.write_bytes(b"")
    told = run("--keep", 2, folder)
    assert (told.exit_code, told.output.count("deleted")) == (0, 2), told.output
    left = sorted(folder.iterdir())
    assert (left[0], left[-1], len(left)) == (old[2], other, 3)
    with site.work() as work:
        noted = work.db.get(Configuration, "backup.last").value
    assert (noted["verified"], noted["bytes"]) == (True, left[1].stat().st_size)
    whole = run("verify", left[1])
    assert ": whole. help.example" in whole.output
    assert "  tickets: 2" in whole.output
    again = run(left[1])
    assert (again.exit_code, "There is" in str(again.exception)) == (1, True)


def test_a_backup_that_lacks_files_drives_out_none_that_has_them(site, run, tmp_path):
    """A store that is away for as many nights as are kept must not cost every whole backup."""
    folder = tmp_path / "kept"
    folder.mkdir()
    old = folder / "rtpy-backup-help.example-20200101T000000Z.tar"
    old.touch()
    (lost,) = (file for file in (site.config.home / "attachments").rglob("*") if len(file.name) == 64)
    lost.unlink()
    told = run("--keep", 1, folder)
    assert (told.exit_code, "No older backup was deleted" in told.output) == (1, True), told.output
    assert len(list(folder.iterdir())) == 2
    with site.work() as work:
        assert work.db.get(Configuration, "backup.last").value["verified"] is False


@pytest.mark.parametrize("planted", ["link", "folder"])
def test_a_folder_of_drafts_that_others_have_laid_there_is_not_used(
    site, tell, tmp_path, monkeypatch, planted
):
    """In a folder that all may write to, it could lead our deleting elsewhere, or let others read the database."""
    folder, theirs = tmp_path / "kept", tmp_path / "theirs"
    for each in (folder, theirs):
        each.mkdir()
    (theirs / "precious").touch()
    if planted == "link":
        (folder / DRAFTS).symlink_to(theirs)
    else:
        (folder / DRAFTS).mkdir()
        monkeypatch.setattr("os.geteuid", lambda: os.getuid() + 1)  # it is another's
    with pytest.raises(Refused, match="is no folder of yours"):
        take_backup(site, folder / "site.tar", {}, tell)
    assert (theirs / "precious").exists()


def test_no_password_shows_in_the_list_of_processes():
    for address in (
        "postgresql+psycopg://rtpy:s3cret@db/rtpy",
        "postgresql://rtpy@/rtpy?host=db&password=s3cret",
    ):
        url = make_url(address)
        assert "s3cret" not in postgresql._address(url)
        assert postgresql._environment(url)["PGPASSWORD"] == "s3cret"


def test_only_backups_of_that_site_count_as_old(tmp_path):
    for name in ("rtpy-backup-a-20200101T000000Z.tar", "rtpy-backup-a-b-20200101T000000Z.tar", "notes.tar"):
        (tmp_path / name).touch()
    assert remove_old(tmp_path, "a", 1) == []
    assert [file.name for file in remove_old(tmp_path, "a", 0)] == ["rtpy-backup-a-20200101T000000Z.tar"]


def test_programs_that_are_missing_or_too_old_are_named(monkeypatch, tmp_path):
    with pytest.raises(Refused, match="install the package postgresql-client-99"):
        find_program("pg_dump", 99)
    monkeypatch.setattr("rtpy.backups.postgresql._DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match="pg_dump is not installed"):
        find_program("pg_dump", 15)


@pytest.mark.parametrize(
    ("before", "kept"),
    [
        ("", ""),
        ('rtname = "x"\n', 'rtname = "x"'),
        ('[database]\nurl = "sqlite:////old"\nsynchronous = "FULL"\n', 'synchronous = "FULL"'),
        ('[database] # ours\n[mail]\nurl = "other"\n', 'url = "other"'),
    ],
)
def test_the_database_is_named_in_the_restored_file_and_the_rest_of_it_stays(tmp_path, before, kept):
    file = tmp_path / "rtpy.toml"
    file.write_text(before)
    name_database(file, "postgresql+psycopg://rtpy@/new")
    text = file.read_text()
    assert 'url = "postgresql+psycopg://rtpy@/new"' in text
    assert kept in text
    assert "/old" not in text


def test_a_file_that_says_it_in_another_way_is_left_alone(tmp_path):
    file = tmp_path / "rtpy.toml"
    file.write_text('database.url = "sqlite:////old"\n')
    with pytest.raises(Refused, match="RTPY_DATABASE_URL"):
        name_database(file, "postgresql+psycopg://rtpy@/new")
    assert "/old" in file.read_text()
