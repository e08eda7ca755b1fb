"""Programs that were written for RT, against a live site: python-rt, RT's `rt` and `rt-mailgate`."""

import io
import os
import re
import socket
import warnings
from dataclasses import dataclass

import pytest
from rt.exceptions import (
    APISyntaxError,
    AuthorizationError,
    BadRequestError,
    InvalidQueryError,
    NotAllowedError,
)
from rt.rest1 import ALL_QUEUES, Rt

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.config.config import Config
from rtpy.identity.passwords import hash_password
from rtpy.models import CustomField, CustomFieldPlace
from rtpy.testing.fixtures import ROOT_PASSWORD
from rtpy.testing.people import Factory
from rtpy.testing.running import RunningSite
from rtpy.testing.servers import missing_servers
from tests.rest1.rt_client import RtClient, mailgate

# What is asked of the database is tried on both in test_frame.py and test_cases.py.
pytestmark = pytest.mark.databases("sqlite")

absent = missing_servers()
needs_rt = pytest.mark.skipif(
    "rt5-clients" in absent and os.environ.get("CI") != "true", reason=absent.get("rt5-clients", "")
)
PICTURE = bytes(range(256)) * 5 + b"\n"


@dataclass
class Live:
    """A live site: its address, and how to log in as Jo of the staff and as Ann, a customer."""

    url: str
    jo: tuple[str, str] = ("jo", "jo has a password")
    ann: tuple[str, str] = ("ann@client.example", "ann has one too")

    @property
    def rest(self):
        return f"{self.url}/REST/1.0/"


@pytest.fixture(scope="module")
def live(databases, database_kind, compiled_templates, tmp_path_factory):
    """One site for all tests of this module on one kind of database."""
    folder = tmp_path_factory.mktemp("clients")
    with databases.copy(database_kind, folder) as url:
        _set_up(folder, url)
        site = RunningSite(folder, password=ROOT_PASSWORD, database_url=url)
        try:
            site.start("serve")
            yield Live(site.url)
        finally:
            site.close()


def _set_up(folder, url):
    """Jo and Ann with passwords, and two custom fields of tickets."""
    app = App(Config.for_tests(folder, database__url=url), blobs=DatabaseStore())
    with app.sessions() as db:
        make = Factory(app, db)
        jo = make.staff(Live.jo[0], password=Live.jo[1], real_name="Jo Bloggs")
        make.customer(Live.ann[0], "Ann Miller").password_hash = hash_password(Live.ann[1])
        for name, most in (("Site", 1), ("Tags", 0)):
            row = CustomField(name=name, lookup="ticket", type="Freeform", max_values=most)
            db.add(row)
            db.flush()
            db.add(CustomFieldPlace(custom_field_id=row.id, object_id=0))
        make.grant(jo, "SeeCustomField", "ModifyCustomField")
        db.commit()
    app.engine.dispose()


@pytest.fixture
def python_rt(live):
    """python-rt, logged in as Jo."""
    client = Rt(live.rest, *live.jo)
    assert client.login()
    return client


def test_python_rt_makes_reads_and_changes_tickets(python_rt):
    number = python_rt.create_ticket(
        Queue="General",
        Subject="Printer on fire",
        Requestor=["kim@client.example", "lee@client.example"],
        Cc="copy@client.example",
        Text="It burns.\nAll of it.\n\n  indented",
        Priority="20",
        CF_Site="Oslo",
        CF_Tags="red, green",
        files=[
            ("log.txt", io.BytesIO(b"one\ntwo\n"), "text/plain"),
            ("a, b.png", io.BytesIO(PICTURE), "image/png"),
        ],
    )

    ticket = python_rt.get_ticket(number)
    assert (ticket["id"], ticket["numerical_id"]) == (f"ticket/{number}", str(number))
    assert (ticket["Queue"], ticket["Owner"], ticket["Creator"]) == ("General", "Nobody", "jo")
    assert (ticket["Subject"], ticket["Status"], ticket["Priority"]) == ("Printer on fire", "new", "20")
    assert ticket["Requestors"] == ["kim@client.example", "lee@client.example"]
    assert (ticket["Cc"], ticket["AdminCc"]) == (["copy@client.example"], [])
    assert (ticket["CF.{Site}"], ticket["CF.{Tags}"]) == ("Oslo", "red,green")
    assert re.fullmatch(r"\w{3} \w{3} \d\d \d\d:\d\d:\d\d \d{4}", ticket["Created"])
    assert (ticket["Due"], ticket["TimeWorked"]) == ("Not set", "0")

    assert python_rt.edit_ticket(
        number, Subject="Printer is out", Owner="jo", Requestors=["kim@client.example"]
    )
    assert python_rt.edit_ticket(number, Subject="Printer is out"), "nothing to change"
    assert python_rt.edit_ticket(
        number, TimeWorked=["15"], Due=["2031-02-03 04:05:06"], CF_Tags=["red", "blue"]
    )
    ticket = python_rt.get_ticket(number)
    assert (ticket["Subject"], ticket["Owner"]) == ("Printer is out", "jo")
    assert (ticket["Requestors"], ticket["TimeWorked"]) == (["kim@client.example"], "15 minutes")
    assert (ticket["Due"], ticket["CF.{Tags}"]) == ("Mon Feb 03 04:05:06 2031", "red,blue")
    assert python_rt.edit_ticket(number, Requestors=[])
    assert python_rt.get_ticket(number)["Requestors"] == []

    assert python_rt.get_short_history(number)[0][1] == "Ticket created by jo"
    first = python_rt.get_history(number)[0]
    assert (first["Type"], first["Creator"], first["Ticket"]) == ("Create", "jo", str(number))
    assert first["Content"] == "It burns.\nAll of it.\n\nindented", (
        "python-rt drops blanks at the beginning of lines"
    )
    names = [name for _, name in first["Attachments"]]
    assert names == ["untitled (32b)", "log.txt (8b)", f"a, b.png ({len(PICTURE) / 1024:.1f}k)"]
    assert python_rt.get_history(number, first["id"])[0]["Description"] == "Ticket created by jo"
    assert python_rt.get_history(number, 10**9) is None

    attached = python_rt.get_attachments(number)
    assert [each[1:] for each in attached] == [
        ("(Unnamed)", "text/plain", "32b"),
        ("log.txt", "text/plain", "8b"),
        ("a, b.png", "image/png", f"{len(PICTURE) / 1024:.1f}k"),
    ]
    assert python_rt.get_attachments_ids(number) == [int(each[0]) for each in attached]
    shown = python_rt.get_attachment(number, attached[1][0])
    assert (shown["Filename"], shown["ContentType"], shown["Content"]) == (
        "log.txt",
        "text/plain",
        b"one\ntwo\n",
    )
    assert shown["Headers"]["Content-Type"] == "text/plain"
    assert python_rt.get_attachment_content(number, attached[2][0]) == PICTURE
    assert python_rt.get_attachment_content(number, 10**9) is None
    assert python_rt.get_attachment(number, 10**9) is None


def test_python_rt_answers_tickets_and_owns_them(python_rt):
    number = python_rt.create_ticket(Subject="Lost", Requestor="kim@client.example", Text="Where?")

    assert python_rt.reply(
        number, text="Over\nthere.", cc="copy@client.example", files=[("x.bin", io.BytesIO(PICTURE))]
    )
    assert python_rt.comment(number, text="<b>Shh</b>", content_type="text/html")
    said = [each for each in python_rt.get_history(number) if each["Type"] in ("Correspond", "Comment")]
    assert [each["Content"] for each in said] == ["Over\nthere.", "Shh"]
    file = said[0]["Attachments"][1]
    assert python_rt.get_attachment_content(number, file[0]) == PICTURE

    assert python_rt.take(number)
    assert python_rt.get_ticket(number)["Owner"] == "jo"
    assert python_rt.untake(number)
    with pytest.raises(BadRequestError, match="You can only steal a ticket owned by someone else"):
        python_rt.steal(number)
    assert python_rt.edit_ticket(number, Owner="root")
    assert python_rt.steal(number)
    with pytest.raises(BadRequestError, match="already owns that ticket"):
        python_rt.take(number)
    with pytest.raises(BadRequestError, match="Empty comment"):
        python_rt.reply(number, text="")
    with pytest.raises(BadRequestError, match="does not exist"):
        python_rt.comment(10**9, text="x")


def test_python_rt_links_and_merges(python_rt):
    one, two, three = (python_rt.create_ticket(Subject=f"Link {each}") for each in "abc")

    assert python_rt.edit_link(one, "DependsOn", two)
    assert python_rt.edit_link(one, "DependsOn", two), "once more"
    assert python_rt.edit_link(one, "HasMember", three)
    links = python_rt.get_links(one)
    assert [each.rpartition("/ticket/")[2] for each in links["DependsOn"]] == [str(two)]
    assert [each.rpartition("/ticket/")[2] for each in links["Members"]] == [str(three)]
    assert python_rt.edit_link(one, "DependsOn", two, delete=True)
    assert not python_rt.edit_link(one, "DependsOn", two, delete=True), "it is gone"
    assert not python_rt.edit_link(one, "RefersTo", 10**9)
    assert python_rt.edit_ticket_links(one, RefersTo=f"{two}, https://wiki.example/x", Members="")
    assert python_rt.edit_ticket_links(one, RefersTo=f"{two}, https://wiki.example/x"), "as it is"
    assert python_rt.get_links(one)["RefersTo"][1] == "https://wiki.example/x"
    assert "Members" not in python_rt.get_links(one)
    with pytest.raises(APISyntaxError, match="RefersTo: Ticket 1000000000 does not exist"):
        python_rt.edit_ticket_links(one, RefersTo=str(10**9))

    assert python_rt.merge_ticket(two, one)
    assert python_rt.get_ticket(two)["numerical_id"] == str(one)
    assert not python_rt.merge_ticket(10**9, one)
    assert not python_rt.merge_ticket(one, one)


def test_python_rt_searches(python_rt):
    words = "Needle in a haystack"
    numbers = [
        python_rt.create_ticket(Subject=f"{words} {each}", CF_Site="Rome", Text="x") for each in range(3)
    ]

    found = python_rt.search(Queue="General", Subject__like="Needle", order="-id")
    assert [int(each["numerical_id"]) for each in found] == numbers[::-1]
    assert found[0]["Requestors"] == []
    assert python_rt.search(CF_Site="Rome", Subject__like="haystack 1")[0]["CF.{Site}"] == "Rome"
    short = python_rt.search(Queue=ALL_QUEUES, Subject__like="Needle", Format="s", order="id")
    assert short[0] == {
        "id": f"ticket/{numbers[0]}",
        "numerical_id": str(numbers[0]),
        "Subject": f"{words} 0",
    }
    assert len(python_rt.search(raw_query=f"id = {numbers[0]} OR id = {numbers[1]}", Format="i")) == 2
    for form in "isl":
        assert python_rt.search(Subject="never", Format=form) == []
    with pytest.raises(InvalidQueryError, match="Invalid query: "):
        python_rt.search(raw_query="Bogus ~ 1")
    python_rt.default_login = "somebody"
    assert len(python_rt.last_updated("2020-01-01")) >= 3
    assert python_rt.last_updated("2090-01-01") == []
    assert len(python_rt.new_correspondence("General")) >= 3


def test_python_rt_administers_people_and_queues(live):
    root = Rt(live.rest, "root", ROOT_PASSWORD)
    assert root.login()

    secret = "yellow tulips by noon"
    number = root.create_user("pat", "pat@staff.example", RealName="Pat Doe", Privileged="1", Password=secret)
    user = root.get_user("pat@staff.example")
    assert (user["id"], user["Name"], user["RealName"]) == (f"user/{number}", "pat", "Pat Doe")
    assert (user["Privileged"], user["Disabled"]) == ("1", "0")
    assert Rt(live.rest, "pat", secret).login()
    assert root.edit_user("pat", RealName="Pat Smith", City="Oslo") == number
    assert root.get_user(number)["City"] == "Oslo"
    assert root.edit_user(number, Disabled="1") == number
    assert not Rt(live.rest, "pat", secret).login()
    with pytest.raises(BadRequestError):
        root.create_user("pat", "other@staff.example")
    assert root.get_user(10**9) is None
    with pytest.raises(BadRequestError, match="does not exist"):
        root.edit_user(10**9, City="Rome")

    queue = root.create_queue(
        "Bugs", Description="Broken things", InitialPriority="10", DefaultDueIn="2 days"
    )
    assert root.get_queue(queue)["Name"] == root.get_queue("bugs")["Name"] == "Bugs"
    assert root.edit_queue("Bugs", CorrespondAddress="bugs@rt.example") == "Bugs"
    assert root.get_queue("Bugs")["CorrespondAddress"] == "bugs@rt.example"
    assert root.get_queue(10**9) is None
    ticket = root.create_ticket("Bugs", Subject="It crashed")
    assert root.get_ticket(ticket)["InitialPriority"] == "10"


def test_python_rt_is_told_what_is_wrong(live, python_rt):
    assert not Rt(live.rest, "jo", "wrong").login()
    with pytest.raises(AuthorizationError):
        Rt(live.rest, skip_login=True).get_ticket(1)
    assert python_rt.get_ticket(10**9) is None
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert python_rt.create_ticket("No such queue", Subject="x") == -1
    assert "Could not create ticket." in [str(each.message) for each in told]
    number = python_rt.create_ticket(Subject="x")
    with pytest.raises(APISyntaxError, match="bogus: Unknown field"):
        python_rt.edit_ticket(number, Bogus="1", Subject="y")
    assert python_rt.get_ticket(number)["Subject"] == "y", "the other field is changed all the same"
    with pytest.raises(BadRequestError, match="Ticket 1000000000 does not exist"):
        python_rt.edit_ticket(10**9, Subject="x")
    ann = Rt(live.rest, *live.ann)
    assert ann.login()
    for deed in (ann.get_ticket, ann.get_history, lambda each: ann.edit_ticket(each, Subject="x")):
        with pytest.raises(NotAllowedError):
            deed(number)
    with pytest.raises(BadRequestError, match="No user named root exists"):
        ann.edit_user("root", City="Rome")
    assert python_rt.logout()
    with pytest.raises(AuthorizationError):
        python_rt.get_ticket(number)


def test_python_rt_logs_in_with_basic(live):
    from requests.auth import HTTPBasicAuth

    client = Rt(live.rest, http_auth=HTTPBasicAuth(*live.jo))
    assert client.create_ticket(Subject="By basic") > 0


@pytest.fixture
def rt(live, tmp_path):
    """RT's client, as Jo."""
    name, password = live.jo
    return RtClient(tmp_path / "home", live.url, user=name, password=password)


def made(text):
    """The number of what was made."""
    return int(re.search(r"^# \w+ (\d+) created\.$", text, re.M)[1])


@needs_rt
def test_rt_lists_shows_and_makes_tickets(rt):
    number = made(
        rt(
            "create",
            "-t",
            "ticket",
            "set",
            "subject=Rotten tomatoes",
            "queue=General",
            "requestor=kim@client.example",
            "text=They smell.",
            "CF.{Site}=Oslo",
            "priority=30",
        )
    )

    listed = rt("ls", f"id={number}")
    assert listed.splitlines()[1].split() == "Ticket Owner Queue Age Told Status Requestor Subject".split()
    line = next(each for each in listed.splitlines() if each.strip().startswith(str(number)))
    assert line.split()[0] == str(number)
    assert "Rotten tomatoes" in line
    assert "kim@clien" in line
    assert "Gener" in line
    assert rt("ls", "-i", "Subject = 'Rotten tomatoes'").strip() == f"ticket/{number}"
    assert rt("ls", "-s", f"id = {number}").strip() == f"{number}: Rotten tomatoes"
    assert "CF.{Site}: Oslo" in rt("list", "-l", f"id = {number}")
    table = rt("search", "-f", "subject,status,CF.{Site}", f"id = {number}").strip().splitlines()
    assert [line.split("\t") for line in table] == [
        ["id", "Subject", "Status", "CF.{Site}"],
        [str(number), "Rotten tomatoes", "new", "Oslo"],
    ]
    assert rt("ls", "-o", "-id", "-i", "Queue = 'General'").splitlines()[0] >= f"ticket/{number}"
    assert "No matches found" in rt("ls", "Subject = 'never'")
    assert "No matching results." in rt("ls", "-s", "Subject = 'never'")
    assert rt("ls", "-i", "Subject = 'never'").strip() == ""
    assert rt("ls", "-t", "queue", "-s").strip().splitlines()[0] == "1: General"

    shown = rt("show", number)
    assert f"Subject: [rt #ticket/{number}] Rotten tomatoes" in shown
    assert "From: kim@client.example" in shown
    assert "X-Queue: General" in shown
    assert "===> Ticket created by jo on " in shown
    assert "They smell." in shown
    assert "Status: new" in rt("show", "-t", "ticket", "-s", number)
    assert rt("show", "-f", "subject,owner", f"ticket/{number}").split("\n")[:3] == [
        f"id: ticket/{number}",
        "Subject: Rotten tomatoes",
        "Owner: Nobody",
    ]
    assert "Ticket created by jo" in rt("show", "-s", f"ticket/{number}/history")
    assert "Name: General" in rt("show", "queue/General")
    assert "Name: jo" in rt("show", "-t", "user", "jo")


@needs_rt
def test_rt_changes_tickets(rt, python_rt):
    number = made(rt("create", "-t", "ticket", "set", "subject=Change me", "queue=General"))

    assert f"# Ticket {number} updated." in rt("edit", number, "set", "subject=Changed", "priority=7")
    assert f"# Ticket {number} updated." in rt(
        "edit", f"ticket/{number}", "add", "cc=a@client.example,b@client.example"
    )
    assert f"# Ticket {number} updated." in rt(
        "edit", number, "add", "cc=c@client.example", "CF.{Tags}=red,green"
    )
    assert f"# Ticket {number} updated." in rt("edit", number, "del", "cc=a@client.example")
    shown = rt("show", "-l", f"ticket/{number}")
    assert "Cc: b@client.example, c@client.example" in shown
    assert "CF.{Tags}: red,green" in shown
    assert "Subject: Changed" in shown
    assert "\nPriority: 7" in shown
    for command, field, value in (
        (("take", number), "Owner", "jo"),
        (("untake", number), "Owner", "Nobody"),
        (("give", number, "root"), "Owner", "root"),
        (("steal", number), "Owner", "jo"),
        (("subject", number, "By", "subject"), "Subject", '"By subject"'),
        (("resolve", number), "Status", "resolved"),
        (("edit", number, "set", "status=open"), "Status", "open"),
        (("delete", number), "Status", "deleted"),
    ):
        rt(*command)
        assert python_rt.get_ticket(number)[field] == value, command

    number = made(rt("new", "-t", "ticket", "set", "subject=Second", "queue=General"))
    third = made(rt("create", "-t", "ticket", "set", "subject=Third", "queue=General"))
    assert f"Created link {number} DependsOn {third}" in rt("link", number, "DependsOn", third)
    assert re.search(
        f"DependsOn: fsck.com-rt://.*/ticket/{third}$", rt("show", f"ticket/{number}/links"), re.M
    )
    assert f"Deleted link {number} DependsOn {third}" in rt("link", "-d", number, "DependsOn", third)
    assert "# Merge completed." in rt("merge", third, number)
    assert python_rt.get_ticket(third)["numerical_id"] == str(number)

    form = rt("edit", "-o", number, "set", "subject=Never sent")
    assert "subject: Never sent" in form
    assert f"# Ticket {number} updated." in rt(
        "edit", "-i", number, text=f"id: ticket/{number}\nSubject: From a form\n"
    )
    wrong = rt("edit", number, "set", "bogus=1")
    assert "# bogus: Unknown field." in wrong


@needs_rt
def test_rt_comments_and_answers_with_files(rt, tmp_path):
    number = made(rt("create", "-t", "ticket", "set", "subject=Talk", "queue=General"))
    (rt.home / "log.txt").write_bytes(b"a log\n")
    (rt.home / "picture.png").write_bytes(PICTURE)

    assert "# Comments added" in rt(
        "comment", "-m", "look\nhere", "-a", "log.txt", "-a", "picture.png", "-w", "5", number
    )
    said = rt(
        "correspond",
        "-m",
        "done",
        "-c",
        "x@client.example",
        "-b",
        "y@client.example",
        "-s",
        "resolved",
        number,
    )
    assert "# Correspondence added" in said
    assert "# Status changed from 'open' to 'resolved'" in said.replace("'new'", "'open'")
    shown = rt("show", number)
    assert "look\nhere" in shown
    assert "done" in shown
    assert "log.txt (6b)" in shown
    assert "TimeWorked: 5 minutes" in rt("show", "-l", f"ticket/{number}")
    listed = rt("show", f"ticket/{number}/attachments")
    ids = dict(re.findall(r"(\d+): (\S+) \(", listed))
    by_name = {name: each for each, name in ids.items()}
    raw = rt.run("show", f"ticket/{number}/attachments/{by_name['picture.png']}/content")
    assert raw.stdout.rstrip(b"\n") == PICTURE.rstrip(b"\n"), (
        "the client drops line ends at the end of any answer"
    )
    assert "Filename: log.txt" in rt("show", "-s", f"attachment/{by_name['log.txt']}")


@needs_rt
@pytest.mark.databases("sqlite")
def test_rt_administers(live, tmp_path):
    rt = RtClient(tmp_path / "root", live.url, password=ROOT_PASSWORD)
    user = made(
        rt("create", "-t", "user", "set", "name=max", "emailaddress=max@staff.example", "privileged=1")
    )
    assert f"# User {user} updated." in rt("edit", "user/max", "set", "city=Rome")
    assert "City: Rome" in rt("show", f"user/{user}")
    queue = made(rt("create", "-t", "queue", "set", "name=Sales"))
    assert "# Queue Sales updated." in rt("edit", "queue/Sales", "set", "description=What is sold")
    assert "Description: What is sold" in rt("show", f"queue/{queue}")
    group = made(rt("create", "-t", "group", "set", "name=Movers"))
    assert f"# Group {group} updated." in rt("edit", f"group/{group}", "set", "description=They move")
    assert "max" in rt("ls", "-t", "user", "-s", "Name = max")
    assert "Movers" in rt("ls", "-t", "group", "-s")


@needs_rt
@pytest.mark.databases("sqlite")
def test_rt_keeps_its_session_and_logs_in_again_when_it_is_over(rt, live):
    rt("show", "queue/General")
    line = rt.sessions.read_text().split()
    assert line[:2] == [live.url, "jo"]
    assert re.fullmatch(r"[^;,\s]+=[0-9a-f]{32}", line[2])

    without = {"RTPASSWD": "not looked at"}
    assert "Name: General" in rt("show", "queue/General", environment=without), "the cookie is enough"

    rt.sessions.write_text(f"{live.url} jo {line[2].partition('=')[0]}={'0' * 32}\n")
    assert "Name: General" in rt("show", "queue/General"), "an old cookie: it tries with the password"
    assert "0" * 32 not in rt.sessions.read_text()

    rt.sessions.unlink()
    failed = rt.run("show", "queue/General", environment={"RTPASSWD": "wrong"})
    assert failed.returncode == 255
    assert b"Incorrect username or password." in failed.stderr
    rt("show", "queue/General")
    rt("logout")

    basic = {"RTAUTH": "basic"}
    rt.sessions.unlink(missing_ok=True)
    assert "Name: General" in rt("show", "queue/General", environment=basic)


@needs_rt
@pytest.mark.databases("sqlite")
def test_rt_is_told_what_is_wrong(rt):
    bad = rt.run("ls", "-i", "Bogus ~ 1")
    assert b"Invalid query: 'Bogus ~ 1'." in bad.stderr
    missing = rt.run("edit", "1000000000", "set", "subject=x")
    assert b"# Ticket 1000000000 does not exist." in missing.stderr + missing.stdout
    assert "# Ticket 1000000000 does not exist." in rt("show", "-l", "ticket/1000000000")


MAIL = b"From: Kim <kim@client.example>\nTo: rt@localhost\nSubject: %s\nMessage-ID: <%s@client.example>\n\nHelp!\n"


@needs_rt
def test_rt_mailgate_hands_mail_in_and_tells_the_mail_server_how_it_went(live, python_rt):
    url = live.url
    assert mailgate(url, MAIL % (b"By mailgate", b"gate-1")) == 0
    ticket = python_rt.search(Subject="By mailgate")[0]
    number = ticket["numerical_id"]
    assert ticket["Requestors"] == ["kim@client.example"]

    answer = MAIL % (b"Re: no tag at all", b"gate-2")
    assert mailgate(url, answer, "--extension", "ticket", environment={"EXTENSION": number}) == 0
    assert [each["Type"] for each in python_rt.get_history(number)].count("Correspond") == 1

    assert mailgate(url, MAIL % (b"x", b"gate-3"), "--queue", "No such queue") == 75
    assert mailgate(url, b"") == 0, "nothing is sent"
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert mailgate(f"http://127.0.0.1:{port}", MAIL % (b"x", b"gate-4")) == 75
