"""A site with one of everything that customers and staff meet in the portal, for looking at its pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from rtpy.app import App
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import Part, PartRole, plain_message
from rtpy.identity.sessions import start_session
from rtpy.mail.sealed_words import open_words
from rtpy.models import OrganizationMember, OrganizationSite, OutgoingMail, Ticket, User
from rtpy.testing.people import Factory
from rtpy.work import Actor, Face, Work
from rtpy_portal.access.keys import tokens_for
from rtpy_portal.access.wanted import Wanted, WantedKind, give_login, want
from rtpy_portal.asking.saving import TopicValues, save_topic
from rtpy_portal.asking.stamps import sign_number
from rtpy_portal.issues.joining import ask_to_join
from rtpy_portal.issues.linking import link_tickets
from rtpy_portal.issues.mailing import leave_token
from rtpy_portal.issues.updating import post_update
from rtpy_portal.issues.writing import IssueValues, save_issue
from rtpy_portal.knowledge.moderating import answer_question
from rtpy_portal.knowledge.publishing import publish, withdraw
from rtpy_portal.knowledge.questions import Asker, Deed, ask_question, make_key
from rtpy_portal.knowledge.writing import PageValues, create_page
from rtpy_portal.models import Asked, Book, Chapter, IssueAffected, MemberRow, Page, WantedLink
from rtpy_portal.ratings.rating import Given, rate
from rtpy_portal.ratings.words import Reason, Score
from rtpy_portal.web.asking.form import DONE

LONG = "Donaudampfschifffahrtsgesellschaftskapitänskajütenschlüsselverwaltungsprogramm"
"""A word that fits on no phone."""
TEXT = f"""<p>Open the app <b>Remote</b> and log in with your usual name.</p>
<h2>Where it is</h2>
<ul><li>On Windows it stands in the menu Start.</li><li>On a Mac it lies in Programs, as {LONG}.</li></ul>
<table><thead><tr><th>System</th><th>Version that is needed</th><th>Where to get it</th></tr></thead>
<tbody><tr><td>Windows</td><td>11</td><td><code>C:/Programs/{LONG}</code></td></tr></tbody></table>
<p>If it asks for a code, take the one of your telephone:
<a href="https://help.consultancy.example/codes">codes</a>.</p><pre>connect --to {LONG * 2}</pre>"""


@dataclass(frozen=True, slots=True)
class Sample:
    """What was made: cookies of sessions by name, and what the addresses of pages need, by the names of fields."""

    cookies: Mapping[str, str]
    keys: Mapping[str, object]


def furnish(app: App) -> Sample:
    """Make it all; commits."""
    with app.sessions() as db:
        make, work = Factory(app, db), app.work_in(db)
        root = work.as_actor(app.actor_named(db, "root", Face.WEB))
        keys = {**_people(make, root), "long": LONG}
        ann = db.get_one(User, keys["ann"])
        keys |= _requests(app, make, root, ann)
        keys |= _knowledge(root, ann)
        keys |= _issues(app, root, ann, keys)
        keys |= _ways_in(app, work, root, ann, keys)
        people = {"ann": ann, "zoe": make.customer("zoe@free.example"), "root": _named(root, "root")}
        now = app.clock.now()
        cookies = {name: start_session(db, user.id, now=now, days=9) for name, user in people.items()}
        db.commit()
    return Sample(cookies, keys)


def _named(work: Work, name: str) -> User:
    return work.db.scalars(select(User).where(User.name == name)).one()


def _people(make: Factory, root: Work) -> dict[str, object]:
    acme = make.organization("Hafenklinik am Alten Strom GmbH", "acme.example")
    bell = make.organization("Bell", "bell.example")
    ann, bob = make.customer("ann@acme.example", "Ann Abel"), make.customer("bob@acme.example", "Bob Berg")
    make.customer(f"{LONG[:50].lower().replace('ä', 'a').replace('ü', 'u')}@acme.example")
    site = OrganizationSite(organization_id=acme.id, name="Hamburg")
    root.db.add(site)
    root.db.flush()
    root.db.add_all(
        (
            OrganizationMember(organization_id=acme.id, user_id=bob.id, site_id=site.id, title="Driver"),
            OrganizationMember(organization_id=bell.id, user_id=ann.id),
            MemberRow(user_id=ann.id, organization_id=acme.id, grade="all", manages=True, sees_money=True),
        )
    )
    topic = save_topic(
        root,
        None,
        TopicValues(
            "Printers",
            make.queue("General").id,
            hint="Paper, colours, places",
            promise="We look at it within two hours.",
            questions="Which one? * = The one on the ground floor | Another one\nSince when?",
            words={"de": {"name": "Drucker", "hint": "Papier, Farben, Standorte"}},
        ),
    )
    return {"acme": acme.id, "bell": bell.id, "ann": ann.id, "bob": bob.id, "topic": topic.id}


def _requests(app: App, make: Factory, root: Work, ann: User) -> dict[str, object]:
    acting = root.as_actor(Actor(ann.id, ann.name, Face.WEB))
    files = (Part("text/plain", b"grey", PartRole.FILE, filename=f"{LONG}.txt"),)
    burns = make.ticket("Printer on fire", requestor="ann@acme.example", cc=("bob@acme.example",))
    change_ticket(root, burns, Comment(plain_message("Not for customers.")))
    for turn in range(5):
        said = plain_message(f"We are on it, part {turn + 1}.", files=files if turn == 4 else ())
        change_ticket(root, burns, Correspond(said))
        change_ticket(acting, burns, Correspond(plain_message(f"Thanks. {LONG}\n\n> We are on it")))
    solved = make.ticket("Telephone is silent", requestor="ann@acme.example")
    change_ticket(root, solved, Correspond(plain_message("A new cable helped.")))
    change_ticket(root, solved, SetStatus("resolved"))
    rated = make.ticket("Screen is dark", requestor="ann@acme.example")
    change_ticket(root, rated, SetStatus("resolved"))
    rate(acting, rated, Given(Score.BAD, "It took a week.", Reason.SLOW, may_quote=True))
    waiting = make.ticket(
        f"Which licence for {LONG}?", requestor="bob@acme.example", cc=("ann@acme.example",)
    )
    change_ticket(root, waiting, SetStatus("stalled"))
    return {"burns": burns.id, "solved": solved.id, "rated": rated.id, "waiting": waiting.id}


def _knowledge(root: Work, ann: User) -> dict[str, object]:
    chapter = root.db.scalars(select(Chapter).order_by(Chapter.id)).first()
    pages = []
    for title in ("Work from home", "Read mail on the telephone", "A page that was taken away"):
        values = PageValues(title, chapter.id, "All that is needed, step by step.", TEXT, "html")
        pages.append(create_page(root, values))
    translation = create_page(
        root, PageValues("Von zu Hause arbeiten", chapter.id, "", TEXT, "html", lang="de"), pages[0]
    )
    for page in (*pages, translation):
        publish(root, page)
    withdraw(root, pages[2])
    create_page(root, PageValues("A draft", chapter.id, content="Words."))
    home: Page = pages[0]
    asked = ask_question(
        root, home.id, Asker(ann.id), content=f"And on {LONG}?", shown_name="Ann", wants_mail=True
    )
    answer_question(root, asked, "There too.", "Jo")
    ask_question(root, home.id, Asker(ann.id), content="And on Linux?", shown_name="", wants_mail=False)
    given = {"content": "Is it free?", "shown_name": "", "wants_mail": True}
    strange = ask_question(root, home.id, Asker(None, "eve@free.example"), **given)
    return {
        "page": home.id,
        "slug": home.slug,
        "gone": pages[2].id,
        "german": translation.id,
        "book": root.db.get_one(Book, chapter.book_id).slug,
        "book_id": chapter.book_id,
        "question": asked.id,
        "confirm_question": make_key(root, strange, Deed.CONFIRM),
        "leave_question": make_key(root, asked, Deed.LEAVE),
    }


def _issues(app: App, root: Work, ann: User, keys: Mapping[str, object]) -> dict[str, object]:
    everybody = {"audience": "everyone"}
    mails = save_issue(root, None, IssueValues("Mails come late", f"Since noon. {LONG}", **everybody))
    post_update(root, mails, "It is a disk.", "cause_found", date(2026, 3, 3), date(2026, 3, 5))
    post_update(root, mails, "It takes longer.", "under_way", date(2026, 3, 4), date(2026, 3, 9))
    link_tickets(root, mails, [keys["burns"]])
    done = save_issue(root, None, IssueValues("The web was slow", "In the morning.", **everybody))
    post_update(root, done, "All is well.", "done", None, None)
    save_issue(
        root, None, IssueValues("Dark colours for invoices", "Some like it.", kind="idea", **everybody)
    )
    ask_to_join(root, mails, "eve@free.example", "", "en", place="192.0.2.1")
    root.db.flush()
    (body,) = root.db.scalars(select(OutgoingMail.body).where(OutgoingMail.subject.contains("confirm")))
    token = open_words(app.config, body).partition("/portal/issues/confirm/")[2].split()[0]
    affected = root.db.scalars(select(IssueAffected).where(IssueAffected.user_id.is_not(None))).first()
    leaving = leave_token(root, affected)
    return {"issue": mails.id, "done_issue": done.id, "confirm_issue": token, "leave_issue": leaving}


def _ways_in(app: App, work: Work, root: Work, ann: User, keys: Mapping[str, object]) -> dict[str, object]:
    db, bob = root.db, root.db.get_one(User, keys["bob"])
    burns = db.get_one(Ticket, keys["burns"])
    want(work, Wanted(WantedKind.LOGIN, "ann@acme.example", leads_to="/portal"), "192.0.2.1")
    db.flush()
    link = db.scalars(select(WantedLink)).one()
    link.asked = ""
    db.add(Asked(ticket_id=burns.id, topic_id=keys["topic"], form="sample", is_proved=True))
    work.now += timedelta(seconds=1)
    return {
        "login_key": give_login(work, link, ann, "/portal"),
        "key": tokens_for(work, burns, (bob.id,))[bob.id],
        "receipt": sign_number(app, DONE, burns.id, work.now),
    }
