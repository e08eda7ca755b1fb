"""The public names: what plugins may import from rtpy; everything else may change at any time without a word."""

import importlib

PROMISED: dict[str, tuple[str, ...]] = {
    "rtpy": ("hookimpl",),
    "rtpy.app": ("App",),
    "rtpy.changes.allowed": ("may", "need", "need_system"),
    "rtpy.changes.blobs": ("DatabaseStore",),
    "rtpy.changes.change": ("Change", "Record"),
    "rtpy.changes.configuring": ("note_configuration",),
    "rtpy.changes.merging_people.references": ("DROP", "LEAVE", "MOVE", "Decision", "Deed"),
    "rtpy.changes.people": ("find_person",),
    "rtpy.changes.pipeline": ("change_ticket", "create_ticket"),
    "rtpy.changes.ticket.basics": ("SetPriority",),
    "rtpy.changes.ticket.content": ("Comment", "Correspond"),
    "rtpy.changes.ticket.create": ("CreateTicket",),
    "rtpy.changes.ticket.owner": ("SetOwner", "may_own"),
    "rtpy.changes.ticket.status": ("SetStatus",),
    "rtpy.changes.ticket.time": ("AddTime",),
    "rtpy.cli.site": ("open_app", "site_options"),
    "rtpy.clock": ("Clock",),
    "rtpy.config": ("Config",),
    "rtpy.config.options": ("Kind", "Option"),
    "rtpy.config.setting": ("Setting", "SettingKind"),
    "rtpy.content.part": ("Message", "plain_message"),
    "rtpy.customfields.brought": ("BroughtKind", "Sorts"),
    "rtpy.db.base": ("Base", "count", "flag", "id_", "ref", "short", "table_of", "text", "utc"),
    "rtpy.db.types": ("Json", "UtcDateTime"),
    "rtpy.duration": ("read_minutes",),
    "rtpy.errors": ("Conflict", "Invalid", "NotFound", "Problem", "Refused", "RtpyError"),
    "rtpy.health": ("HealthCheck",),
    "rtpy.history.brought": ("Happened",),
    "rtpy.http.redirects": ("is_safe_path",),
    "rtpy.http.resources": ("SystemResource", "TicketResource", "system_resource", "ticket_resource"),
    "rtpy.http.security": ("STAFF",),
    "rtpy.initialdata.brought": ("InitialData",),
    "rtpy.initialdata.section": ("Section",),
    "rtpy.jobs.daily": ("daily_at",),
    "rtpy.jobs.worker": ("Chore",),
    "rtpy.mail.commands.brought": ("MailCommand",),
    "rtpy.models": (
        "Attachment",
        "Group",
        "Link",
        "Organization",
        "OrganizationMember",
        "Principal",
        "Queue",
        "Ticket",
        "Transaction",
        "User",
    ),
    "rtpy.models.locks": ("lock_name",),
    "rtpy.plugin_settings": ("setting",),
    "rtpy.remembered": ("remembered", "watch"),
    "rtpy.rest2.resource": ("Resource",),
    "rtpy.rest2.route": ("Route",),
    "rtpy.rest2.values": ("Ref", "stub"),
    "rtpy.rights.names": ("QUEUE", "SYSTEM", "Category", "Right", "RightHelp"),
    "rtpy.scrips.kinds": ("ActionKind", "ConditionKind", "Skip"),
    "rtpy.search.columns.column": ("BroughtColumn", "Kind"),
    "rtpy.search.compiling.plain": ("numbers_of",),
    "rtpy.search.compiling.text": ("NUMBER", "compare_number"),
    "rtpy.search.fields.field": ("Kind", "SearchField"),
    "rtpy.search.portlet": ("BroughtPortlet",),
    "rtpy.web.admin.editing": ("SAVE", "Button", "Section", "at_the_top", "beside", "form_values"),
    "rtpy.web.admin.listing": ("PER_PAGE", "Line", "admin_crumbs", "list_values", "read_asked"),
    "rtpy.web.admin.pages": ("AdminPage",),
    "rtpy.web.forms": ("Field", "Option"),
    "rtpy.web.html": ("Html",),
    "rtpy.web.menu_entry": ("MenuEntry",),
    "rtpy.web.paging": ("asked_page", "show_numbers"),
    "rtpy.web.panels": ("Panel",),
    "rtpy.web.routes": ("ID", "Address"),
    "rtpy.web.shown": ("Link",),
    "rtpy.web.staff.forms": ("problems_of", "texts_named", "texts_of"),
    "rtpy.web.times": ("show_day", "show_minutes"),
    "rtpy.webhooks.announcing": ("announce",),
    "rtpy.webhooks.events": ("BroughtEvent",),
    "rtpy.work": ("Actor", "Face", "Work"),
}
"""Modules with their public names; add a name here before a plugin uses it, sorted, capitals first."""

SAID: dict[str, str] = {
    "rtpy.hookimpl": "Marks a function as the implementation of the hook of its name.",
    "rtpy.changes.merging_people.references.DROP": "The rows are deleted.",
    "rtpy.changes.merging_people.references.LEAVE": "The rows stay as they were written.",
    "rtpy.changes.merging_people.references.MOVE": "The rows point at the kept person afterwards.",
    "rtpy.db.base.count": "A column's type: a whole number, at first 0.",
    "rtpy.db.base.flag": "A column's type: true or false, at first false.",
    "rtpy.db.base.id_": "A column's type: the number by which a row is known.",
    "rtpy.db.base.short": "A column's type: a text of at most 255 characters, at first empty.",
    "rtpy.db.base.text": "A column's type: a text of any length, at first empty.",
    "rtpy.db.base.utc": "A column's type: an aware instant.",
    "rtpy.http.security.STAFF": "The permission of pages for staff alone.",
    "rtpy.rights.names.QUEUE": "The kind of things a right is held on: queues.",
    "rtpy.rights.names.SYSTEM": "The kind of things a right is held on: the whole system only.",
    "rtpy.search.compiling.text.NUMBER": "The operators of a field of numbers.",
    "rtpy.web.admin.editing.SAVE": "The usual button of a form: Save.",
    "rtpy.web.admin.listing.PER_PAGE": "Lines on a page of an administration list.",
    "rtpy.web.routes.ID": "The part of an address that is a number: `{id:…}`.",
}
"""What names are that have no docstring of their own."""


def is_promised(module: str, name: str) -> bool:
    """May a plugin import that name from that module?"""
    return name in PROMISED.get(module, ())


def line_of(module: str, name: str) -> str:
    """What a public name is, in a line. Raises LookupError when nothing is said about it."""
    if f"{module}.{name}" in SAID:
        return SAID[f"{module}.{name}"]
    thing = getattr(importlib.import_module(module), name)
    told = (thing.__doc__ or "").strip() if callable(thing) else ""
    if not told:
        raise LookupError(f"rtpy.promised.SAID must say what {module}.{name} is.")
    return str(told.split("\n\n")[0]).replace("\n", " ")
