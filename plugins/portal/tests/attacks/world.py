"""Everything that a portal can hold, with a secret word in each text: `who.py` says who may read which."""

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select

from plugins.portal.tests.attacks.who import ACME_NAME, GRADES, MARKUP, secret, words
from rtpy.changes.customfields.ticket import SetCustomField
from rtpy.changes.pipeline import change_ticket, create_ticket
from rtpy.changes.plugin_settings import save_settings
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.create import CreateTicket
from rtpy.changes.ticket.merge import MergeInto
from rtpy.changes.ticket.owner import SetOwner
from rtpy.changes.ticket.squelching import SquelchAddress
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import Part, PartRole, plain_message
from rtpy.history.customer_side import CustomerDocument, CustomerFact, CustomerFile
from rtpy.models import (
    Attachment,
    CustomField,
    CustomFieldPlace,
    OrganizationMember,
    OrganizationSite,
    Transaction,
)
from rtpy.work import Actor, Face
from rtpy_portal.access.grades import Grade
from rtpy_portal.access.keys import tokens_for
from rtpy_portal.asking.saving import TopicValues, save_topic
from rtpy_portal.issues.affected import join
from rtpy_portal.issues.joining import ask_to_join
from rtpy_portal.issues.linking import link_tickets
from rtpy_portal.issues.updating import post_update
from rtpy_portal.issues.writing import IssueValues, save_issue
from rtpy_portal.knowledge.books import BookValues, save_book, save_chapter
from rtpy_portal.knowledge.publishing import publish
from rtpy_portal.knowledge.questions import Asker, State, ask_question
from rtpy_portal.knowledge.values import Audience
from rtpy_portal.knowledge.writing import PageValues, change_page, create_page, values_of
from rtpy_portal.models import Answer, Chapter, MemberRow, PageVote
from rtpy_portal.ratings.rating import Given, rate
from rtpy_portal.ratings.words import Score
from rtpy_portal.requests.telling import SetSight
from rtpy_portal.rights import RIGHTS


class World:
    """Acme with people of each grade at two sites, Bell with one who sees all there, and staff."""

    def __init__(self, app, db, work, make):
        self.app, self.db, self.work, self.make = app, db, work, make
        save_settings(work, "portal", {"portal.names": "team"})
        self._people()
        self._requests()
        self._knowledge()
        self._issues()
        topic = TopicValues(words("topic"), make.queue().id, questions="Which? * = A | B")
        here = {"queue_id": make.queue().id}
        self.topics = [
            save_topic(work, None, each).id
            for each in (
                topic,
                TopicValues(
                    words("acmetopic"), here["queue_id"], for_organizations=True, organizations=(ACME_NAME,)
                ),
                TopicValues(words("offtopic"), here["queue_id"], disabled=True),
            )
        ]
        self.keys = {
            "key of requestor": self._key("own"),
            "key of copy": self._key("copies"),
        }
        db.commit()

    def _people(self):
        make, db = self.make, self.db
        self.acme = make.organization(ACME_NAME, "acme.example")
        self.bell = make.organization("Bell", "bell.example")
        self.north = OrganizationSite(organization_id=self.acme.id, name="North", address="")
        self.south = OrganizationSite(organization_id=self.acme.id, name=f"South {MARKUP}", address="")
        db.add_all((self.north, self.south))
        db.flush()
        self.accounts = {}
        for kind, grade in GRADES.items():
            name = f"{secret('ann')} {MARKUP}" if kind == "own" else kind.title()
            user = make.customer(f"{kind}@acme.example", name)
            self.accounts[kind] = user
            is_all = kind == "all"
            switches = {"sees_money": is_all, "sees_names": is_all, "manages": kind == "manager"}
            db.add(MemberRow(user_id=user.id, organization_id=self.acme.id, grade=grade, **switches))
            site = self.north.id if kind == "site" else None
            db.add(OrganizationMember(user_id=user.id, organization_id=self.acme.id, site_id=site))
        self.dan = make.customer("dan@acme.example", secret("dan"))
        eve = make.customer("eve@bell.example", secret("eve"))
        db.add(MemberRow(user_id=eve.id, organization_id=self.bell.id, grade=Grade.ALL, sees_money=True))
        self.engineer = make.staff("engineer", real_name=f"{secret('engineer')} {MARKUP}")
        staff = make.staff("jo", real_name="Jo")
        make.grant(staff, *RIGHTS)
        self.accounts |= {"stranger": eve, "staff": staff}
        db.flush()

    def _requests(self):
        make, work, db = self.make, self.work, self.db
        self.queue = make.queue(f"Queue {words('queue')}")
        make.queue("Board", granted=False)
        own, copies = self.accounts["own"], self.accounts["copies"]
        shared = self._ticket("shared", own, cc=(copies.id,), site=self.north)
        south = self._ticket("south", own, site=self.south)
        private, hidden = self._ticket("private", self.dan), self._ticket("hidden", own, site=self.north)
        bell = self._ticket("bell", self.accounts["stranger"], organization=self.bell)
        merged = self._ticket("merged", make.customer("zed@elsewhere.example", "Zed"), organization=None)
        board = self._ticket("board", make.customer("chair@board.example", secret("chair")), queue="Board")
        change_ticket(work, private, SetSight(is_private=True, is_hidden=False))
        change_ticket(work, hidden, SetSight(is_private=False, is_hidden=True))
        change_ticket(work, shared, SetOwner(self.engineer))
        field = CustomField(name=f"Field {words('field')}", type="Freeform", lookup="ticket", max_values=1)
        db.add(field)
        db.flush()
        db.add(CustomFieldPlace(custom_field_id=field.id, object_id=0))
        db.flush()
        change_ticket(work, shared, SetCustomField(field.id, (words("field"),)))
        change_ticket(work, shared, SquelchAddress(f"{secret('squelched')}@acme.example"))
        told = plain_message(words("reply"), files=(_file("file"),))
        told = replace(told, one_time_bcc=(f"{secret('bcc')}@x.example",))
        engineer = self.app.work_in(db, Actor(self.engineer.id, self.engineer.name, Face.WEB))
        change_ticket(engineer, shared, Correspond(told))
        change_ticket(
            engineer, shared, Comment(plain_message(words("comment"), files=(_file("commentfile"),)))
        )
        change_ticket(work, merged, MergeInto(shared))
        change_ticket(work, shared, SetStatus("resolved"))
        copying = self.app.work_in(db, Actor(copies.id, copies.name, Face.WEB))
        rate(copying, shared, Given(Score.GOOD, words("rating")))
        tickets = {"shared": shared, "south": south, "private": private, "hidden": hidden, "bell": bell}
        self.tickets = {**tickets, "merged": merged, "board": board}
        self.files = db.execute(select(Attachment.id, Attachment.transaction_id, Transaction.object_id).join(
            Transaction, Transaction.id == Attachment.transaction_id
        )).all()  # fmt: skip

    def _ticket(self, name, user, *, cc=(), site=None, organization="Acme", queue=None):
        """A request whose subject, text and file hold its secret."""
        owner = {"Acme": self.acme.id, None: None}.get(organization, self.bell.id) if queue is None else None
        message = plain_message(words(name), files=(_file(name),))
        return create_ticket(
            self.work,
            CreateTicket(
                queue=self.make.queue(queue) if queue else self.queue,
                subject=words(name),
                message=message,
                requestors=(user,),
                cc=cc,
                organization_id=owner,
                site_id=site.id if site else None,
            ),
        ).ticket

    def _knowledge(self):
        work, db = self.work, self.db
        chapter = db.scalar(select(Chapter).order_by(Chapter.id)).id
        shelf = save_book(work, BookValues(f"Shelf {words('shelf')}", words("shelf")))
        closed = save_chapter(work, shelf, words("shelf"))

        def made(name, audience=Audience.EVERYONE, organization=None, place=chapter, *, out=True):
            ids = frozenset({organization.id} if organization else ())
            values = PageValues(
                f"Page {words(name)}",
                place,
                summary=words(name),
                content=words(name),
                audience=audience,
                organization_ids=ids,
            )
            page = create_page(work, values)
            if out:
                publish(work, page)
            return page

        page = made("oldpage")
        for name, out in (("page", True), ("draftpage", False)):
            said = {"title": f"Page {words(name)}", "summary": words(name), "content": words(name)}
            change_page(work, page, replace(values_of(work, page), **said))
            if out:
                publish(work, page)
        self.page = page
        self.pages = [
            page,
            made("acmepage", Audience.ORGANIZATIONS, self.acme),
            made("bellpage", Audience.ORGANIZATIONS, self.bell),
            made("staffpage", Audience.STAFF),
            made("newpage", out=False),
            made("shelf", place=closed.id),
        ]
        save_book(work, BookValues(f"Shelf {words('shelf')}", words("shelf"), disabled=True), shelf)
        db.add(
            PageVote(
                page_id=page.id, helped=False, said=words("vote"), voted=work.now, browser_hash="x", version=2
            )
        )
        self.questions = []
        for name, state in (
            ("question", State.WAITING),
            ("declined", State.DECLINED),
            ("unconfirmed", State.UNCONFIRMED),
            ("shown", State.SHOWN),
        ):
            asker = Asker(None, f"{secret('unconfirmed' if name == 'unconfirmed' else 'asker')}@x.example")
            row = ask_question(work, page.id, asker, content=words(name), shown_name="", wants_mail=True)
            row.state = state
            self.questions.append(row)
        db.add(
            Answer(
                question_id=row.id,
                state=State.WAITING,
                content=words("answer"),
                user_id=self.dan.id,
                written=work.now,
            )
        )
        db.flush()

    def _issues(self):
        work = self.work

        def made(name, audience, *organizations):
            ids = frozenset(each.id for each in organizations)
            values = IssueValues(f"Issue {words(name)}", words(name), "known", audience, ids)
            return save_issue(work, None, values), values

        issue, values = made("oldissue", "everyone")
        said = {"title": f"Issue {words('issue')}", "text": words("issue"), "went_wrong": words("issue")}
        save_issue(work, issue, replace(values, **said))
        work.now += timedelta(seconds=5)
        post_update(work, issue, words("update"), "cause_found", date(2027, 1, 1), None)
        firm, _ = made("acmeissue", "organizations", self.acme)
        other, _ = made("bellissue", "organizations", self.bell)
        being_written, _ = made("staffissue", "staff")
        self.issues = [issue, firm, other, being_written]
        link_tickets(work, issue, [self.tickets[name].id for name in ("bell", "board", "hidden")])
        link_tickets(work, firm, [self.tickets[name].id for name in ("shared", "private")])
        join(work, issue, self.dan.id, words("impact"))
        ask_to_join(work, issue, f"{secret('affected')}@x.example", words("impact"), "en", place="192.0.2.1")
        self.db.flush()

    def _key(self, kind):
        user = self.accounts[kind]
        return tokens_for(self.work, self.tickets["shared"], (user.id,))[user.id]

    def documents(self, work, organization_id, lang):
        """What billing and service levels would bring."""

        def document(name, **what):
            def read():
                return CustomerFile(f"{secret(name)}.txt", "text/plain", words(name).encode())

            key = f"{name}.{organization_id}"
            return CustomerDocument(key, words(name), date(2026, 3, 1), read, **what)

        if organization_id != self.acme.id:
            return []
        return [document("money", is_money=True), document("names", names_requests=True)]

    def facts(self, work, about, lang):
        """What billing would say of Acme, and of each of its requests."""
        is_acme = about == self.acme.id or getattr(about, "organization_id", None) == self.acme.id
        return [CustomerFact(words("money"), words("money"), is_money=True)] if is_acme else []


def _file(name):
    return Part(
        "text/plain", words(name).encode(), PartRole.FILE, filename=f"{secret(name)}.txt", charset="utf-8"
    )
