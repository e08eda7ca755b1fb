"""Mail rules, mailboxes, directories, providers and suppressed addresses in a set-up file; secrets stay out of it."""

import pytest
from sqlalchemy import func, select

from rtpy.errors import Invalid
from rtpy.identity.directories.settings import PURPOSE
from rtpy.initialdata.all import SECTIONS
from rtpy.initialdata.reading import load, parse
from rtpy.initialdata.writing import export
from rtpy.mailboxes import settings as mailbox_secrets
from rtpy.models import ConfigChange, Mailbox, MailRule, SignOnProvider, SuppressedAddress, UserDirectory
from rtpy.sealing import unseal

FILE = """
[[groups]]
name = "Helpers"

[[custom_fields]]
name = "Severity"
applies_to = ["General"]

[[directories]]
name = "Head office"
urls = ["ldap://dc1.shop.example", "ldap://dc2.shop.example:1389"]
bind_dn = "cn=rtpy,dc=shop,dc=example"
bind_password = "env:SHOP_LDAP"
base_dn = "ou=people,dc=shop,dc=example"
attributes = { real_name = "cn", email_address = "mail", photo = "jpegPhoto" }
privileged = true
sync_people = true
sync_minutes = 15

[[sign_on_providers]]
name = "Keycloak"
issuer = "https://login.shop.example/realms/shop"
client_id = "rtpy"
client_secret = "env:SHOP_OIDC"
domains = ["shop.example", "also.example"]
for_staff = true
group_claim = "groups"
group_map = ["helpdesk = Helpers"]

[[mailboxes]]
name = "Support"
host = "imap.shop.example"
login = "support@shop.example"
password = "FILE"
after = "move"
move_to = "Taken"

[[mail_rules]]
name = "Monitoring"
sender = ["@monitor.example", "nagios@shop.example"]
header = ["X-Alert"]
kind = "machine"
queue = "General"
priority = 50
fields = { Severity = ["high"] }
silent = true

[[mail_rules]]
name = "Spam"
subject = ["lottery*won"]
junk = true

[[suppressed_addresses]]
address = "@dead.example"
cause = "bounces"
note = "the shop is closed"
"""
NAMES = ("directories", "sign_on_providers", "mailboxes", "mail_rules", "suppressed_addresses")
SECRETS = ("ldap secret", "oidc secret", "imap secret")


@pytest.fixture
def put(work, db):
    """Loads a file; says each step as text, with what was remarked."""

    def put_it(text):
        steps = load(work, parse(text, SECTIONS), SECTIONS)
        db.flush()
        return [(f"{step.deed} {step.section} {step.name}", *step.remarks) for step in steps]

    return put_it


@pytest.fixture
def shop(put, monkeypatch, tmp_path):
    """The file, with secrets where it says."""
    monkeypatch.setenv("SHOP_LDAP", SECRETS[0])
    monkeypatch.setenv("SHOP_OIDC", SECRETS[1])
    (tmp_path / "imap").write_text(f"{SECRETS[2]}\n")
    text = FILE.replace("FILE", f"file:{tmp_path / 'imap'}")
    assert {step[0].split()[0] for step in put(text)} == {"make"}
    return text


def written(work):
    return {
        name: entries for name, entries in parse(export(work, SECTIONS), SECTIONS).items() if name in NAMES
    }


def test_all_of_it_comes_out_again_without_a_secret(shop, put, work, db, app):
    out = written(work)
    for name, entries in parse(shop, SECTIONS).items():
        section = next(each for each in SECTIONS if each.name == name)
        for entry in entries if name in NAMES else ():
            wanted = section.whole(entry)
            asked = {key: "ask" for key, value in entry.items() if str(value).startswith(("env:", "file:"))}
            places = {"position": 1 + entries.index(entry)} if name == "mail_rules" else {}
            found = next(each for each in out[name] if section.key_of(each) == section.key_of(entry))
            assert section.whole(found) == {**wanted, **asked, **places}
    directory, mailbox = db.scalars(select(UserDirectory)).one(), db.scalars(select(Mailbox)).one()
    assert unseal(app.config, PURPOSE, directory.bind_password_sealed) == SECRETS[0]
    assert unseal(app.config, mailbox_secrets.PASSWORD, mailbox.sealed_password) == SECRETS[2]
    everything = export(work, SECTIONS) + str(db.scalars(select(ConfigChange.after)).all())
    assert [secret for secret in SECRETS if secret in everything] == []
    assert {step[0].split()[0] for step in put(export(work, SECTIONS))} == {"keep"}
    assert written(work) == out


def test_without_its_secret_a_way_in_is_made_switched_off_and_is_completed_later(put, db, work, shop):
    text = export(work, SECTIONS)
    for model in (UserDirectory, SignOnProvider, Mailbox):
        db.delete(db.scalars(select(model)).one())
    db.flush()
    steps = [step for step in put(text) if not step[0].startswith("keep")]
    assert [(step[0], "switched off" in "".join(step[1:])) for step in steps] == [
        ("make directories Head office", True),
        ("make sign_on_providers Keycloak", True),
        ("make mailboxes Support", True),
    ]
    off = {name: [{**each, "disabled": True} for each in parse(text, SECTIONS)[name]] for name in NAMES[:3]}
    assert [step[0].split()[0] for step in put(text) if "switched off" in "".join(step[1:])] == ["change"] * 3
    assert not any(step[1:] for step in put(shop))
    found = written(work)
    assert {name: found[name] for name in off} == off, "nothing is switched on that nobody switched on"


def test_a_directory_that_moves_to_another_server_is_not_told_the_old_password(put, db, shop):
    moved = '[[directories]]\nname = "head office"\nurls = ["ldap://elsewhere.example"]\n'
    (step,) = put(moved)
    assert "type it on its page" in step[1]
    row = db.scalars(select(UserDirectory)).one()
    assert (row.bind_password_sealed, row.disabled) == ("", True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            '[[directories]]\nname = "x"\nbind_password = "hunter2"',
            "a secret itself never stands in a set-up file",
        ),
        ('[[mailboxes]]\nname = "x"\npassword = "env:NOT_SET_HERE"', "NOT_SET_HERE is not set"),
        ('[[sign_on_providers]]\nname = "x"\nclient_secret = "file:/no/such/file"', "cannot be read"),
        (
            '[[sign_on_providers]]\nname = "x"\nclient_secret = "file:relative"',
            "never stands in a set-up file",
        ),
        (
            '[[directories]]\nname = "x"\norganization = "Nobody Inc."',
            "There is no organisation “Nobody Inc.”",
        ),
        ('[[directories]]\nname = "x"\nmanager_field = "Boss"', "There is no custom field of people “Boss”"),
        ('[[directories]]\nname = "x"\nattributes = { shoe = "size" }', "There is no field shoe"),
        (
            '[[mail_rules]]\nname = "x"\nqueue = "Nowhere"',
            "mail_rules: x, queue: Choose a queue of the list.",
        ),
        ('[[suppressed_addresses]]\naddress = "nobody"', "Write an address such as"),
    ],
)
@pytest.mark.databases("sqlite")  # refused before anything is written
def test_what_is_wrong_is_told(put, text, told):
    with pytest.raises(Invalid) as wrong:
        put(text)
    assert told in str(wrong.value)


@pytest.mark.databases("sqlite")  # the statements are tried above
def test_single_keys_change_single_things(put, db, shop):
    put(
        '[[mail_rules]]\nname = "Spam"\nposition = 1\n[[suppressed_addresses]]\naddress = "@dead.example"\nnote = ""\n'
    )
    rules = db.scalars(select(MailRule.name).order_by(MailRule.position)).all()
    assert rules == ["Spam", "Monitoring"]
    assert db.execute(select(SuppressedAddress.note, SuppressedAddress.cause)).one() == ("", "bounces")
    put('[[mail_rules]]\nname = "Monitoring"\npriority = ""\n')
    assert db.scalar(select(func.count()).where(MailRule.priority.is_not(None))) == 0
