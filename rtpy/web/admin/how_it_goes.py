"""The part of the administrator's start page that says how it goes with the site, and what to do where it does not."""

from dataclasses import dataclass
from datetime import datetime

from pyramid.request import Request

from rtpy.web.admin.pages import pages_for
from rtpy.wellbeing.looking import signs
from rtpy.wellbeing.sign import Grade, Sign, how_long
from rtpy.wellbeing.workers import look_at_workers

TONES = {Grade.BAD: "bad", Grade.NOTE: "warn", Grade.FINE: "ok"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One line; `url` is empty where there is no page for it or the reader may not open it."""

    about: str
    tone: str
    sentence: str
    detail: str
    remedy: str
    url: str


def how_it_goes(request: Request) -> dict[str, object]:
    """Values of the page: `wrong` and `fine` (lists of Shown), `chores` (rows for a table), `jobs` and `nodes`.

    Details name servers and workers: they are for super-users.
    """
    work = request.work.as_system()
    found = signs(work)
    may_see = request.work.rights.super_user
    open_pages = {page.route for page in pages_for(request)} | (
        {"admin.scrip_failures"} if may_see else set()
    )
    seen = look_at_workers(work.db, work.now)
    lines = [_shown(request, sign, open_pages, may_see) for sign in found]
    order = list(TONES.values())
    wrong = sorted((line for line in lines if line.tone != "ok"), key=lambda line: order.index(line.tone))
    return {
        "wrong": wrong,
        "bad": sum(sign.grade is Grade.BAD for sign in found),
        "fine": [line for line in lines if line.tone == "ok"],
        "chores": [
            (
                chore.name,
                _ago(chore.ran, work.now),
                _ago(chore.good, work.now),
                f"{chore.did:,}",
                chore.failures,
                chore.problem if may_see else "",
            )
            for chore in seen.chores
        ],
        "jobs": ", ".join(f"{name} {day}" for name, day in seen.days.items()),
        "nodes": ", ".join(f"{node} {_ago(seen.nodes[node], work.now)}" for node in seen.alive if may_see),
    }


def _shown(request: Request, sign: Sign, open_pages: set[str], may_see: bool) -> Shown:
    url = request.route_path(sign.page, _query=dict(sign.query)) if sign.page in open_pages else ""
    detail = sign.detail if may_see else ""
    sentence, remedy = (text.replace("`", "") for text in (sign.sentence, sign.remedy))
    return Shown(sign.about, TONES[sign.grade], sentence, detail, remedy, url)


def _ago(moment: datetime | None, now: datetime) -> str:
    return f"{how_long(now - moment)} ago" if moment else "never"
