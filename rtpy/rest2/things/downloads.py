"""`/download/cf/88`: the bytes of a picture or file in a custom field, for who sees the field and what it is on."""

from typing import Any

from sqlalchemy import select

from rtpy.content.filenames import content_disposition, is_inline, served_type
from rtpy.customfields.kinds import Lookup
from rtpy.fields.allowed import sees
from rtpy.fields.definitions import all_fields
from rtpy.history.public import PUBLIC_TYPES
from rtpy.http.resources import INTERNAL_TYPES, OUTGOING_TYPES
from rtpy.http.things import load_article, load_asset
from rtpy.models import CustomFieldContent, Ticket, Transaction
from rtpy.rest2.problem import Problem
from rtpy.rest2.resource import Raw, Resource
from rtpy.rest2.route import Route
from rtpy.rights.names import Right
from rtpy.rights.roles import roles_held

SANDBOX = "sandbox; default-src 'none'; style-src 'none'; frame-ancestors 'none'"


class Download(Resource):
    """Whatever is not there, or not for the caller, is forbidden (RT)."""

    @property
    def held(self) -> CustomFieldContent | None:
        """The row of the value, read once."""
        if "held" not in self.call.cache:
            self.call.cache["held"] = self.work.db.get(CustomFieldContent, self.call.number("id"))
        found: CustomFieldContent | None = self.call.cache["held"]
        return found

    def is_forbidden(self) -> bool:
        """The thing must be visible, and the field on it."""
        row = self.held
        if row is None:
            return True
        definition = all_fields(self.work.app, self.work.db).get(row.custom_field_id)
        where = self._where(row)
        return definition is None or where is None or not sees(self.work, definition, *where)

    def offers(self) -> tuple[str, ...]:
        """The type of the file."""
        return (self._type,)

    @property
    def _type(self) -> str:
        """As it may be sent; HTML is only text (RT)."""
        declared = self.held.content_type if self.held else ""
        return "text/plain" if declared.lower().startswith("text/html") else served_type(declared)

    def get(self) -> Raw:
        """As pages send it: nothing in it can run."""
        row = self.held
        if row is None or not row.blob_sha256:
            raise Problem(400, "Only Image and Binary CustomFields can be downloaded")
        data = self.work.app.blobs.get(self.work.db, row.blob_sha256)
        return Raw(
            data,
            self._type,
            {
                "Content-Disposition": content_disposition(
                    row.content or "file", is_inline(row.content_type)
                ),
                "Content-Security-Policy": SANDBOX,
                "X-Content-Type-Options": "nosniff",
            },
        )

    def _where(self, row: CustomFieldContent) -> tuple[int, frozenset[str]] | None:
        """The queue, catalog or class of the thing, and the caller's roles on it; None for what they may not see."""
        work, number = self.work, row.object_id
        match row.object_type:
            case Lookup.TICKET | Lookup.TRANSACTION:
                return self._ticket(row)
            case Lookup.ARTICLE:
                article = load_article(work, number)
                return (article.class_id, frozenset()) if article else None
            case Lookup.ASSET:
                seen = load_asset(work, number)
                return (seen.asset.catalog_id, seen.roles) if seen else None
            case Lookup.QUEUE:
                return (number, frozenset()) if work.rights.of(Right.SEE_QUEUE).in_queue(number) else None
        login = self.call.login
        return (0, frozenset()) if login.is_privileged and login.scope.queues is None else None

    def _ticket(self, row: CustomFieldContent) -> tuple[int, frozenset[str]] | None:
        db, rights = self.work.db, self.work.rights
        number, kind = row.object_id, ""
        if row.object_type == Lookup.TRANSACTION:
            said: Any = db.execute(
                select(Transaction.object_id, Transaction.type).where(
                    Transaction.id == row.object_id, Transaction.object_type == "ticket"
                )
            ).one_or_none()
            if said is None:
                return None
            if not self.call.login.is_privileged and said.type not in PUBLIC_TYPES:
                return None
            number, kind = said.object_id, said.type
        ticket = db.get(Ticket, number)
        if ticket is not None and ticket.merged_into_id is not None:
            ticket = db.get(Ticket, ticket.merged_into_id)
        if ticket is None:
            return None
        roles = roles_held(db, rights.principals, ticket)
        wanted = [Right.SHOW_TICKET]
        wanted += [Right.SHOW_TICKET_COMMENTS] if kind in INTERNAL_TYPES else []
        wanted += [Right.SHOW_OUTGOING_EMAIL] if kind in OUTGOING_TYPES else []
        if not all(rights.of(right).allows(ticket.queue_id, roles) for right in wanted):
            return None
        return ticket.queue_id, roles


ROUTES = (Route("download/cf/{id}", Download, "The bytes of a picture or file in a custom field"),)
