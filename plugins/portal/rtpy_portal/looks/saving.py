"""Saving the looks: settings and the logo, together or not at all."""

import hashlib
from collections.abc import Mapping

from sqlalchemy import select

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.changes.plugin_settings import save_settings
from rtpy.content.photo import photo_type
from rtpy.errors import Invalid, Problem
from rtpy.models.locks import lock_name
from rtpy.work import Work
from rtpy_portal.looks.contrast import read_colour, write_colour
from rtpy_portal.looks.settings import SETTINGS
from rtpy_portal.models import Logo
from rtpy_portal.rights import ADMIN_PORTAL

COLOURS = ("portal.accent", "portal.accent_dark", "portal.bar")


def save_looks(
    work: Work, given: Mapping[str, str], *, logo: bytes | None = None, removes_logo: bool = False
) -> None:
    """Store what a form says; a logo takes the place of the present one. Needs AdminPortal.

    Raises Invalid with every problem, by the names of the settings, and `logo`.
    """
    need_system(work, ADMIN_PORTAL)
    values: dict[str, object] = {}
    problems: list[Problem] = []
    for declared in SETTINGS:
        text = given.get(declared.name, "")
        colour = read_colour(text) if declared.name in COLOURS else None
        try:
            values[declared.name] = declared.read(write_colour(colour) if colour else text)
        except Invalid as wrong:
            problems.extend(wrong.problems)
    kind = photo_type(logo) if logo else ""
    if logo and not kind:
        sentence = "A logo is a PNG or JPEG file of at most 512 KB and 4096 pixels each way."
        problems.append(Problem("logo", sentence))
    if problems:
        raise Invalid(*problems)
    save_settings(work, "portal", values, right=ADMIN_PORTAL)
    if logo or removes_logo:
        _save_logo(work, logo, kind)


def _save_logo(work: Work, data: bytes | None, kind: str) -> None:
    lock_name(work.db, "portal logo")
    old = work.db.scalars(select(Logo)).all()
    before = old[-1].digest if old else ""
    for row in old:
        work.db.delete(row)
    digest = hashlib.sha256(data).hexdigest()[:32] if data else ""
    if data:
        work.db.add(Logo(data=data, content_type=kind, digest=digest, changed=work.now))
    work.db.flush()
    note_configuration(work, "portal_looks", None, "logo", {"picture": before}, {"picture": digest})
