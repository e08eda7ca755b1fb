"""python-rt's client of REST 2.0, blocking and asynchronous, against a live site: every call that it has."""

import asyncio
import base64
import inspect

import pytest
from rt.exceptions import (
    AuthorizationError,
    BadRequestError,
    InvalidUseError,
    NotFoundError,
    UnexpectedResponseError,
)
from rt.rest2 import AsyncRt, Attachment, Rt

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.config.config import Config
from rtpy.models import Catalog, CustomField, CustomFieldPlace
from rtpy.testing.fixtures import ROOT_PASSWORD
from rtpy.testing.people import Factory
from rtpy.testing.running import RunningSite

# What is asked of the database is tried on both in the other files of this folder.
pytestmark = pytest.mark.databases("sqlite")

PICTURE = bytes(range(256))


class Client:
    """python-rt, blocking or not, called in one way: iterators are lists, coroutines have run."""

    def __init__(self, kind, url, user, password):
        self._runner = asyncio.Runner() if kind is AsyncRt else None
        self._client = kind(f"{url}/REST/2.0/", http_auth=(user, password))

    def __getattr__(self, name):
        method = getattr(self._client, name)

        def call(*args, **kwargs):
            found = method(*args, **kwargs)
            if inspect.isgenerator(found):
                return list(found)
            if inspect.iscoroutine(found):
                found = self._runner.run(found)
            return self._runner.run(_listed(found)) if inspect.isasyncgen(found) else found

        return call

    def close(self):
        if self._runner is None:
            self._client.session.close()
        else:
            self._runner.run(self._client.session.aclose())
            self._runner.close()


async def _listed(found):
    return [each async for each in found]


@pytest.fixture(scope="module")
def site(databases, database_kind, tmp_path_factory):
    """One live site for all tests of this module on one kind of database; its address."""
    folder = tmp_path_factory.mktemp("python-rt")
    with databases.copy(database_kind, folder) as url:
        _set_up(folder, url)
        running = RunningSite(folder, password=ROOT_PASSWORD, database_url=url)
        try:
            running.start("serve")
            yield running.url
        finally:
            running.close()


def _set_up(folder, url):
    """Jo with a password, and a custom field of tickets."""
    app = App(Config.for_tests(folder, database__url=url), blobs=DatabaseStore())
    with app.sessions() as db:
        make = Factory(app, db)
        make.staff("jo", password="jo has a password", real_name="Jo Bloggs")
        row = CustomField(name="Site", lookup="ticket", type="Freeform", max_values=1)
        db.add(row)
        db.flush()
        db.add(CustomFieldPlace(custom_field_id=row.id, object_id=0))
        db.add(Catalog(name="Laptops", lifecycle="assets", created=app.clock.now()))
        db.commit()
    app.engine.dispose()


@pytest.fixture(params=[Rt, AsyncRt], ids=["blocking", "async"])
def client(request, site):
    """root's client."""
    made = Client(request.param, site, "root", ROOT_PASSWORD)
    yield made
    made.close()


@pytest.fixture
def jo(client, site):
    """Jo's, of the same kind."""
    made = Client(type(client._client), site, "jo", "jo has a password")
    yield made
    made.close()


def test_tickets(client, jo):
    number = client.create_ticket(
        "General", subject="no sound", content="since today", Requestor=["kim@client.example"], Priority=10
    )
    ticket = client.get_ticket(number)
    assert (ticket["id"], ticket["Subject"], ticket["Status"]) == (number, "no sound", "new")
    assert (ticket["Priority"], ticket["Requestor"][0]["id"]) == ("10", "kim@client.example")

    assert client.edit_ticket(number, Subject="no sound at all", CustomFields={"Site": "Oslo"}, Status="open")
    ticket = client.get_ticket(number, query_format={"fields[Queue]": "Name"})
    assert (ticket["Subject"], ticket["Queue"]["Name"]) == ("no sound at all", "General")
    assert ticket["CustomFields"][0]["values"] == ["Oslo"]
    assert client.edit_ticket(number, Subject="no sound at all"), "nothing to change"
    with pytest.raises(NotFoundError, match="That user does not exist"):
        client.edit_ticket(number, Owner="somebody-else")
    with pytest.raises(NotFoundError, match="Queue Gym does not exist"):
        client.edit_ticket(number, Queue="Gym")
    with pytest.raises(NotFoundError):
        client.get_ticket(99999)
    with pytest.raises(NotFoundError):
        client.edit_ticket(99999, Subject="x")

    assert client.take(number)
    assert not client.take(number)
    assert not jo.take(number)
    assert jo.steal(number)
    assert not jo.steal(number)
    assert jo.untake(number)
    assert not jo.untake(number)

    assert client.delete_ticket(number) is None
    assert client.get_ticket(number)["Status"] == "deleted"
    with pytest.raises(UnexpectedResponseError) as refused:
        jo.create_ticket("Nope", subject="x")
    assert refused.value.status_code == 403
    with pytest.raises(BadRequestError, match="Status 'bogus' isn't a valid status"):
        client.create_ticket("General", Status="bogus")


def test_searching(client):
    numbers = [client.create_ticket("General", subject=f"Searched {each}") for each in range(23)]
    found = client.search(queue="General", order="-id", Subject__like="Searched")
    assert [int(each["id"]) for each in found[:23]] == sorted(numbers, reverse=True)
    assert isinstance(found[0]["id"], str)
    shown = client.get_ticket(numbers[-1])
    for name in (
        "Owner",
        "Status",
        "Created",
        "Requestor",
        "Started",
        "TimeEstimated",
        "Due",
        "CustomFields",
    ):
        assert found[0][name] == shown[name], name
    assert found[0]["Queue"] == {**shown["Queue"], "Name": "General"}
    one = client.search(raw_query=f"id='{numbers[0]}'", query_format="s")
    assert [each["Subject"] for each in one] == ["Searched 0"]
    assert {each["Subject"] for each in client.search(Subject="Searched 3", query_format=["Subject"])} == {
        "Searched 3"
    }
    assert client.search(Subject="no such subject") == []
    assert int(client.new_correspondence(queue="General")[0]["id"]) in numbers
    assert len(client.last_updated("2020-01-01", queue="General")) >= 23
    assert client.last_updated("2090-01-01") == []
    with pytest.raises(InvalidUseError):
        client.last_updated("someday")
    with pytest.raises(BadRequestError):
        client.search(raw_query="Nope = ")


def test_history_and_attachments(client):
    file = Attachment("a.txt", "text/plain", b"one")
    number = client.create_ticket("General", subject="files", content="see", attachments=[file])
    everything = client.get_attachments(number, query_filter=[{"field": "id", "operator": ">", "value": "0"}])
    assert len(everything) == 3, "the container, the text, the file"
    files = client.get_attachments(number)
    assert [(each["Filename"], each["ContentType"], each["ContentLength"]) for each in files] == [
        ("a.txt", "text/plain", "3")
    ]
    assert client.get_attachments_ids(number) == [int(files[0]["id"])]
    attachment = client.get_attachment(files[0]["id"])
    assert base64.b64decode(attachment["Content"]) == b"one"
    assert client.get_attachments(99999) == []

    picture = Attachment("ü.png", "image/png", PICTURE)
    assert client.reply(number, content="an answer", attachments=[picture])
    assert client.reply(number, content="<p>an answer</p>", content_type="text/html")
    assert client.comment(number, content="a note")
    assert client.comment(number, content="a note", attachments=[file])
    with pytest.raises(BadRequestError):
        client.reply(99999, content="x")
    got = client.get_attachment(client.get_attachments(number)[1]["id"])
    assert (got["Filename"], base64.b64decode(got["Content"])) == ("ü.png", PICTURE)

    history = client.get_ticket_history(number)
    assert [each["Type"] for each in history if not each["Type"].endswith("Record")] == [
        "Create", "Correspond", "Status", "Correspond", "Comment", "Comment",
    ]  # fmt: skip
    first = history[0]
    assert (first["Creator"]["Name"], first["Description"]) == ("root", "")
    transaction = client.get_transaction(first["id"])
    assert (transaction["id"], transaction["Type"]) == (int(first["id"]), "Create")
    assert [each["ref"] for each in first["_hyperlinks"]].count("attachment") == 3
    with pytest.raises(NotFoundError):
        client.get_transaction(10**9)
    with pytest.raises(NotFoundError):
        client.get_attachment(10**9)


def test_links_and_merging(client):
    one, two, three = (client.create_ticket("General", subject=f"linked {each}") for each in range(3))
    for name, ref in (("DependsOn", "depends-on"), ("Parent", "parent"), ("RefersTo", "refers-to")):
        assert client.edit_link(one, name, two)
        (link,) = client.get_links(one)
        assert (link["ref"], link["id"], link["type"]) == (ref, str(two), "ticket")
        assert client.edit_link(one, name, two, delete=True)
        assert client.get_links(one) == []
    for name in ("Child", "DependedOnBy", "ReferredToBy"):
        assert client.edit_link(one, name, two)
    assert {each["ref"] for each in client.get_links(two)} == {"parent", "depends-on", "refers-to"}
    with pytest.raises(NotFoundError):
        client.edit_link(one, "DependsOn", 99999)
    with pytest.raises(InvalidUseError):
        client.edit_link(one, "Nonsense", two)
    assert client.merge_ticket(three, one)
    assert client.get_ticket(three)["id"] == one
    assert not client.merge_ticket(one, 99999)


def test_a_wrong_password_opens_nothing(client, site):
    stranger = Client(type(client._client), site, "root", "wrong")
    with pytest.raises(AuthorizationError):
        stranger.get_ticket(1)
    stranger.close()


def test_users(client, jo):
    name = f"kim-{type(client._client).__name__}"
    assert client.create_user(name, f"{name}@client.example", RealName="Kim", Privileged=1) == name
    user = client.get_user(name)
    assert (user["Name"], user["RealName"], user["Privileged"], user["Disabled"]) == (name, "Kim", 1, "0")
    assert client.get_user(user["id"])["Name"] == name
    assert client.user_exists(name)
    assert not client.user_exists("nobody-is-called-so")
    with pytest.raises(BadRequestError, match="Name in use"):
        client.create_user(name, "other@client.example")
    with pytest.raises(InvalidUseError):
        client.create_user("x", "x@client.example", Nonsense=1)
    with pytest.raises(BadRequestError):
        jo.create_user("y", "y@client.example")
    assert client.edit_user(name, RealName="Kim Case", Password="a long password") == [
        f"User {user['id']}: Password changed",
        f"User {user['id']}: RealName changed from 'Kim' to 'Kim Case'",
    ]
    with pytest.raises(NotFoundError):
        client.edit_user("nobody-is-called-so", RealName="x")
    client.delete_user(name)
    assert client.get_user(name)["Disabled"] == "1"
    with pytest.raises(NotFoundError):
        client.get_user("nobody-is-called-so")


def test_queues(client):
    name = f"Queue {type(client._client).__name__}"
    number = client.create_queue(
        name, Description="first line", CorrespondAddress=f"{len(name)}@queue.example"
    )
    queue = client.get_queue(number)
    assert (queue["Name"], queue["Description"], queue["Disabled"]) == (name, "first line", "0")
    assert client.get_queue(name)["id"] == number
    with pytest.raises(BadRequestError):
        client.create_queue(name)
    assert client.edit_queue(number, Description="second line") == [
        f'Queue {number}: Description changed from "first line" to "second line"'
    ]
    assert {name, "General"} <= {each["Name"] for each in client.get_all_queues()}
    client.delete_queue(number)
    assert client.get_queue(number)["Disabled"] == "1"
    assert name not in {each["Name"] for each in client.get_all_queues()}
    assert name in {each["Name"] for each in client.get_all_queues(include_disabled=True)}
    with pytest.raises(NotFoundError):
        client.get_queue("nope")


def test_catalogs_and_assets(client):
    catalog = client.get_catalog(1)
    assert (catalog["id"], catalog["Lifecycle"], catalog["Disabled"]) == (1, "assets", "0")
    assert client.get_catalog(catalog["Name"])["id"] == 1
    number = client.create_asset(
        "L-17", 1, Owner="root", Description="a laptop", HeldBy=["lee@client.example"]
    )
    asset = client.get_asset(number)
    assert (asset["id"], asset["Name"], asset["Status"], asset["Owner"]["id"]) == (
        number,
        "L-17",
        "new",
        "root",
    )
    assert asset["HeldBy"][0]["id"] == "lee@client.example"
    assert client.edit_asset(number, Status="in-use", Owner="Nobody")
    assert client.get_asset(number, {"fields[Catalog]": "Name"})["Catalog"]["Name"] == catalog["Name"]
    found = client.search_assets(1, [{"field": "Name", "value": "L-17"}], ["Owner", "Status"])
    assert str(number) in [each["id"] for each in found]
    assert {"in-use"} <= {each["Status"] for each in client.search_assets()}
    history = client.get_asset_history(number)
    assert history[0]["Type"] == "Create"
    assert history[0]["Creator"]["Name"] == "root"
    with pytest.raises(NotFoundError):
        client.get_asset(99999)
    with pytest.raises(NotFoundError):
        client.get_catalog("nope")
