"""Who is let in and what is answered to rubbish; how many statements lists take."""

import re
from urllib.parse import quote

import pytest
from sqlalchemy import func, select

from rtpy.models import Attachment, Ticket, Transaction, User, WebSession
from rtpy.testing.fixtures import ROOT_PASSWORD
from tests.rest1.conftest import BASE, basic
from tests.web.conftest import make_browser

BY_PASSWORD = {"user": "root", "pass": ROOT_PASSWORD}


@pytest.fixture
def ticket(make):
    return make.ticket("Printer on fire")


def test_a_name_and_a_password_begin_a_session_that_is_good_for_programs_only(wsgi, db, ticket):
    client = make_browser(wsgi, "127.0.0.1")
    began = client.post(f"{BASE}ticket/{ticket.id}", BY_PASSWORD)
    cookie = began.headers["Set-Cookie"]
    assert re.match(r"RT_SID_[^;,\s]+=[0-9a-f]{32};", cookie), "RT's client takes no other"
    assert "HttpOnly" in cookie
    assert "id: ticket/" in client.get(f"{BASE}ticket/{ticket.id}").text
    changed = client.post(f"{BASE}ticket/{ticket.id}", {"content": "Subject: By cookie"})
    assert "updated." in changed.text
    assert db.scalar(select(func.count(WebSession.id))) == 1
    client.post(f"{BASE}ticket/{ticket.id}", BY_PASSWORD)
    assert db.scalar(select(func.count(WebSession.id))) == 1, "the session of the cookie goes on"
    assert client.get("/", expect_errors=True).status_int != 200

    assert client.get(f"{BASE}logout").text == "RT/6.0.0 200 Ok\n"
    assert client.get(f"{BASE}ticket/{ticket.id}").text == "RT/6.0.0 401 Credentials required\n"


def test_a_password_is_taken_from_query_string_form_and_header(stranger, ticket):
    query = f"?user=root&pass={quote(ROOT_PASSWORD)}"
    assert stranger(f"ticket/{ticket.id}{query}").status == "200 Ok"
    assert stranger(query).status == "200 Ok"
    files = [("unused", "a.txt", b"a")]
    assert stranger("show", {**BY_PASSWORD, "id": f"ticket/{ticket.id}"}, files=files).status == "200 Ok"
    assert stranger(f"ticket/{ticket.id}", headers=basic("root", ROOT_PASSWORD)).status == "200 Ok"
    assert stranger("", {**BY_PASSWORD, "pass": "wrong"}).whole == (
        "RT/6.0.0 401 Credentials required\n\nYour username or password is incorrect\n\n"
    )
    assert stranger("", headers=basic("root", "wrong")).whole == "RT/6.0.0 401 Credentials required\n"


def test_who_is_switched_off_is_not_let_in(stranger, make, db):
    gone = make.staff("gone", password="gone has a password")
    gone.principal.disabled = True
    db.flush()
    assert stranger("", {"user": "gone", "pass": "gone has a password"}).status == "401 Credentials required"


def test_guessing_is_slowed_down(stranger):
    answers = [stranger(f"?user=root&pass=guess{each}").status for each in range(12)]
    assert answers[0] == "401 Credentials required"
    assert answers[-1] == "429 Too many requests"


def test_a_browser_of_a_page_reads_and_changes_only_from_our_own_pages(wsgi, enter, make, ticket):
    client = enter(make_browser(wsgi, "127.0.0.1"), make.staff("jo"))
    path = f"{BASE}ticket/{ticket.id}"
    assert "id: ticket/" in client.get(path).text
    form = {"content": "Subject: Forged"}
    for headers in ({}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post(path, form, headers=headers).text.startswith("RT/6.0.0 403 Forbidden\n")
    merge = f"{path}/merge/{make.ticket('Another').id}"
    assert client.get(merge).text.startswith("RT/6.0.0 403 Forbidden\n"), (
        "a link on a foreign page would do it"
    )
    assert client.get(f"{path}?content=Subject:+Forged").text.startswith("RT/6.0.0 403 Forbidden\n")
    ours = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}
    assert "updated." in client.post(path, form, headers=ours).text
    assert "Merge completed." in client.get(merge, headers=ours).text


def test_the_mail_gateway_stays_first(stranger):
    assert stranger(f"{BASE}NoAuth/mail-gateway").raw.startswith(b"temporary failure - ")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_refused_in_the_frame(root, method):
    answer = root("ticket/1", method=method)
    assert answer.status == "400 Bad Request"
    assert answer.lines == ["Use GET or POST."]


def test_head_has_no_body(root, ticket):
    assert root(f"ticket/{ticket.id}", method="HEAD").raw == b""


NOT_UTF8 = b'--x\r\nContent-Disposition: form-data; name="content"\r\n\r\n\xff\r\n--x--\r\n'
SURROGATE = "%ed%a0%80"
LARGE = str(2**63)
RUBBISH = [
    ("ticket/%00", None),
    (f"ticket/{LARGE}", None),
    (f"ticket/1-{LARGE}", None),
    ("ticket/-1", None),
    ("ticket/1/history/id/" + "9" * 40, None),
    ("ticket/1/attachments/" + "9" * 40 + "/content", None),
    ("show?id=" + "ticket/1," * 5000, None),
    ("show?id=" + quote("ticket/1\n2"), None),
    ("user/" + quote("a\x00b"), None),
    ("user/" + "x" * 5000, None),
    ("queue/" + quote("'; drop table users; --"), None),
    ("search/ticket?query=" + quote("id = " + "9" * 40), None),
    ("search/ticket?query=" + quote("(" * 500), None),
    ("search/ticket?query=" + quote("Subject LIKE '\x00'"), None),
    ("search/ticket?query=id>0&fields=" + "a," * 3000, None),
    ("search/ticket?query=id>0&orderby=" + quote("id; drop table tickets"), None),
    ("search/user?query=" + quote("id = " + "9" * 40), None),
    ("search/user?query=" + quote("Name LIKE " + "%" * 500), None),
    ("search/user?query=" + quote("Password = x"), None),
    ("search/queue?query=" + quote("Disabled LIKE 1"), None),
    ("search/group?query=" + quote('Name = "unfinished'), None),
    ("search/ticket?query=id>0&format=l&format=i", None),
    ("edit", {"content": "id: ticket/new\nQueue: " + "9" * 40}),
    ("edit", {"content": "id: ticket/new\nQueue: 1\nSubject: a\x00b\nText: \x00"}),
    ("edit", {"content": "id: ticket/new\nQueue: 1\nRequestor: " + "a" * 400 + "@x.example"}),
    (
        "edit",
        {
            "content": "id: ticket/new\nQueue: 1\nRequestor: "
            + ", ".join(f"p{n}@x.example" for n in range(300))
        },
    ),
    ("edit", {"content": "id: ticket/new\nQueue: 1\nStarts: 99999-01-01\nTimeEstimated: 99999999999"}),
    ("edit", {"content": "id: ticket/new\nQueue: 1\nCc: 1, 2, " + LARGE}),
    ("edit", {"content": "id: ticket/1\n" + "Cc: a\n" * 5000}),
    ("edit", {"content": "--\n" * 1000 + "id: ticket/1\nPriority: 1e9"}),
    ("edit", {"content": "id: x\n--\n" * 500}),
    ("edit", {"content": "id: user/new\nName: " + "x" * 5000}),
    ("edit", {"content": "id: user/new\nName: \x00\nEmailAddress: @"}),
    ("edit", {"content": "id: queue/new\nName: " + "x" * 5000 + "\nInitialPriority: " + LARGE}),
    ("edit", {"content": "id: group/new\nName: \x00"}),
    ("ticket/1/comment", {"content": "Action: comment\nText: x\nTimeWorked: " + LARGE}),
    ("ticket/1/comment", {"content": "Action: correspond\nText: x\nBcc: " + "a" * 9000 + "@x"}),
    ("ticket/1/links", {"content": "RefersTo: " + LARGE + ", fsck.com-rt://x/ticket/" + LARGE}),
    ("ticket/1/links", {"content": "RefersTo: " + ", ".join(str(n) for n in range(1, 400))}),
    ("ticket/link", {"id": LARGE, "rel": "refersto", "to": LARGE}),
    ("ticket/link", {"id": "1", "rel": "refersto", "to": "x" * 9000}),
    ("ticket/1/merge/" + "9" * 18, None),
    ("ticket/merge", {"id": "1", "into": LARGE}),
    ("ticket/1/take", {"content": "Action: " + "x" * 9000}),
]


def test_rubbish_is_answered_in_the_frame(root, ticket):
    for path, form in RUBBISH:
        answer = root(path, form)
        assert answer.raw == b"" or re.match(r"RT/6\.0\.0 \d\d\d [\w ]+\n", answer.whole), (
            path[:80],
            answer.raw[:200],
        )


@pytest.mark.parametrize(
    ("body", "type"),
    [
        (b"content=%ff%fe", "application/x-www-form-urlencoded"),
        (b"content=" + SURROGATE.encode(), "application/x-www-form-urlencoded"),
        (b"\xff\xfe", "application/x-www-form-urlencoded"),
        (b"anything", "multipart/form-data"),
        (b"anything", "multipart/form-data; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="content"\r\n\r\n\xff\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
        (b'{"content": "id: ticket/1"}', "application/json"),
        (b"<x/>", "text/xml"),
        (b"content=Subject: x", ""),
    ],
)
def test_a_body_that_is_no_form_is_answered_in_the_frame(wsgi, root, ticket, body, type):
    client = make_browser(wsgi, "127.0.0.1")
    headers = {"Authorization": root.authorization, "Content-Type": type}
    answer = client.request(f"{BASE}edit", method="POST", body=body, headers=headers, expect_errors=True)
    assert answer.status_int == 200
    assert re.match(rb"RT/6\.0\.0 4\d\d ", answer.body)


def test_what_is_refused_leaves_nothing_behind(root, jo, db, ticket):
    def counts():
        db.expire_all()
        return [db.scalar(select(func.count(each.id))) for each in (Ticket, Transaction, Attachment, User)]

    before = counts()
    for path, form in (
        ("edit", "id: ticket/new\nQueue: General\nRequestor: new@client.example\nDue: nonsense"),
        ("edit", "id: ticket/new\nQueue: General\nRequestor: new@client.example\nAttachment: missing.txt"),
        ("edit", "id: ticket/new\nQueue: General\nCc: new@client.example\nStatus: unheard"),
        ("edit", "id: user/new\nName: new\nEmailAddress: new@staff.example\nPassword: x"),
        (f"ticket/{ticket.id}/comment", "Action: comment\nText: x\nStatus: unheard"),
        (f"ticket/{ticket.id}/comment", "Action: correspond\nText: x\nCc: new@client.example, nonsense"),
        (f"ticket/{ticket.id}/edit", "Cc: new@client.example, nonsense"),
    ):
        answer = root(path, {"content": form})
        assert "created." not in answer.whole
        assert counts() == before, (path, form)


def test_one_form_that_fails_stops_no_other(root, db, make):
    one, two = make.ticket("One"), make.ticket("Two")
    content = f"id: ticket/{one.id}\nSubject: A\nOwner: no such\n--\nid: ticket/{two.id}\nSubject: B"
    answer = root("edit", {"content": content})
    assert answer.status == "409 Syntax Error"
    assert answer.lines[:3] == [
        "# owner: That user does not exist",
        f"# Ticket {one.id} updated.",
        f"# Ticket {two.id} updated.",
    ]
    db.expire_all()
    assert [one.subject, two.subject] == ["A", "B"]


def test_content_comes_back_byte_for_byte_and_is_never_run(root, ticket):
    for name, data, kind in (
        ("a.bin", bytes(range(256)) + b"\n\n", "application/octet-stream"),
        ("a.html", b"<script>alert(1)</script>", "text/plain"),
        ("a.svg", b"<svg onload='x'/>", "application/octet-stream"),
        ("empty.txt", b"", "text/plain"),
    ):
        form = {"content": f"Action: comment\nText: {name}\nAttachment: {name}"}
        assert (
            root(f"ticket/{ticket.id}/comment", form, files=[("attachment_1", name, data)]).status == "200 Ok"
        )
        listed = root(f"ticket/{ticket.id}/attachments").text
        number = re.search(rf"(\d+): {name} ", listed)[1]
        for path in (f"ticket/{ticket.id}/attachments/{number}/content", f"attachment/{number}/content"):
            raw = root(path)
            assert raw.raw == b"RT/6.0.0 200 Ok\n\n" + data
            assert raw.headers["Content-Type"].startswith(kind)
            assert raw.headers["X-Content-Type-Options"] == "nosniff"


def test_html_is_kept_as_html_and_read_as_text(root, ticket, db):
    form = {"content": "Action: correspond\nContent-Type: text/html\nText: <p>Hello <b>you</b></p>"}
    assert root(f"ticket/{ticket.id}/comment", form).lines == ["# Correspondence added"]
    assert db.scalar(select(Attachment.content_type).order_by(Attachment.id.desc()).limit(1)) == "text/html"
    assert "Content: Hello you" in root(f"ticket/{ticket.id}/history?format=l").lines


def test_dates_are_told_by_the_clock_of_who_asks(api_of, make, ticket, db):
    far = make.staff("far")
    far.timezone = "Asia/Tokyo"
    db.flush()
    program = api_of(far)
    assert "Created: Mon Mar 02 18:00:00 2026" in program(f"ticket/{ticket.id}").lines
    assert "Created: 2026-03-02 09:00:00" in program(f"ticket/{ticket.id}/history?format=l").lines
    program(f"ticket/{ticket.id}", {"content": "Due: 2031-02-03 04:05:06"})
    assert "Due: Mon Feb 03 04:05:06 2031" in program(f"ticket/{ticket.id}").lines


def test_a_token_for_some_queues_reaches_no_others(api_of, make, db):
    here, there = make.ticket("Here"), make.ticket("There", queue="Elsewhere")
    root = db.scalar(select(User).where(User.name == "root"))
    program = api_of(root, queues=[here.queue_id])
    assert program(f"ticket/{here.id}").status == "200 Ok"
    assert program(f"ticket/{there.id}").lines == [f"# You are not allowed to display ticket {there.id}."]
    assert program("search/ticket?query=id>0").lines == [f"{here.id}: Here"]
    assert program("edit", {"content": "id: user/new\nName: x"}).status == "403 Forbidden"


def test_comments_are_for_those_who_may_read_them(api_of, make, root, db):
    queue = make.queue("Closed", granted=False)
    sam = make.staff("sam")
    make.grant(sam, "ShowTicket", queue=queue)
    ticket = make.ticket("Dark", queue="Closed")
    root(
        f"ticket/{ticket.id}/comment",
        {"content": "Action: comment\nText: the secret\nAttachment: s"},
        files=[("attachment_1", "s.txt", b"secret too")],
    )
    numbers = re.findall(r"(\d+): ", root(f"ticket/{ticket.id}/attachments").text)
    transaction = re.search(r"(\d+): Comments added", root(f"ticket/{ticket.id}/history").text)[1]
    program = api_of(sam)
    asked = [f"ticket/{ticket.id}", f"ticket/{ticket.id}/history?format=l", f"ticket/{ticket.id}/attachments"]
    asked += [f"ticket/{ticket.id}/history/id/{transaction}", f"transaction/{transaction}?format=l"]
    asked += [f"attachment/{each}" for each in numbers] + [f"attachment/{each}/content" for each in numbers]
    asked += [f"ticket/{ticket.id}/attachments/{each}/content" for each in numbers]
    assert len(asked) > 8
    for path in asked:
        assert b"secret" not in program(path).raw, path
        assert b"secret" in root(path).raw or "attachment" in path or path == asked[0]


def test_lists_take_a_fixed_number_of_statements(root, make, query_count):
    tickets = [make.ticket(f"Number {each}", requestor=f"p{each}@client.example") for each in range(50)]
    first, last = tickets[0].id, tickets[-1].id
    asked = {
        "show": (lambda top: f"ticket/{first}-{top}", 7),
        "long": (lambda top: f"search/ticket?format=l&query=id>={first}+and+id<={top}", 7),
        "short": (lambda top: f"search/ticket?format=s&query=id>={first}+and+id<={top}", 4),
        "numbers": (lambda top: f"search/ticket?format=i&query=id>={first}+and+id<={top}", 3),
        "links": (lambda top: f"ticket/{first}-{top}/links", 5),
        "people": (lambda top: "search/user?format=l&query=Name+!=+x", 7),
    }
    for name, (path, most) in asked.items():
        for top in (first, last):
            root(path(top))  # what is remembered is read once
            with query_count() as count:
                answer = root(path(top))
            assert count.total <= most, (name, top, count.total)
        if name == "show":
            assert answer.text.count("id: ticket/") == 50


def test_a_history_takes_a_fixed_number_of_statements(root, ticket, query_count):
    path = f"ticket/{ticket.id}/history?format=l"
    root(path)
    with query_count() as few:
        root(path)
    for each in range(15):
        root(
            f"ticket/{ticket.id}",
            {"content": f"Subject: Number {each}\nOwner: root\nCc: c{each}@client.example"},
        )
        root(f"ticket/{ticket.id}/comment", {"content": "Action: comment\nText: x"})
    with query_count() as many:
        answer = root(path)
    assert answer.text.count("\nid: ") > 40
    assert many.total <= few.total + 3, "names of people and queues are asked where there are some"
