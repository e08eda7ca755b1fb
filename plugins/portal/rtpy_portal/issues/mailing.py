"""Mails about known issues: what is new, to whoever is subscribed, a slice at a time; and the one that asks to confirm.

Each is in the language of who gets it. A mail says what is public, and holds the way out: a link, and the button of
mail programs (RFC 8058).
"""

import secrets

from sqlalchemy import or_, select

from rtpy.app import App
from rtpy.errors import Refused
from rtpy.jobs.worker import Chore
from rtpy.mail.header_lines import encoded, is_sendable, mailbox, one_line
from rtpy.mail.sealed_words import sealed_words
from rtpy.models import OutgoingMail, OutgoingRecipient, Principal, User
from rtpy.sealing import seal, unseal
from rtpy.work import Work
from rtpy_portal.issues.affected import COUNTED
from rtpy_portal.issues.reaching import who_reads
from rtpy_portal.issues.stages import days_words, stage_words
from rtpy_portal.models import Audience, Issue, IssueAffected, IssueUpdate
from rtpy_portal.words import Say, say_in, spoken

SLICE = 200
"""Mails that are written in one transaction."""
_LEAVING = "leaving a known issue"


def mail_updates(app: App) -> int:
    """One round of the worker: the next slice of the oldest update that is not mailed to everybody yet."""
    with app.work() as work:
        return write_slice(work)


def write_slice(work: Work) -> int:
    """Put the next mails into the outbox; how many were looked at, 0 when nothing is left to do."""
    update = work.db.scalar(
        select(IssueUpdate)
        .where(IssueUpdate.mailed.is_(None))
        .order_by(IssueUpdate.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if update is None:
        return 0
    issue = work.db.get_one(Issue, update.issue_id)
    rows = work.db.execute(
        select(IssueAffected, User)
        .outerjoin(User, User.id == IssueAffected.user_id)
        .outerjoin(Principal, Principal.id == User.id)
        .where(
            IssueAffected.issue_id == issue.id,
            IssueAffected.id > update.mailed_to,
            IssueAffected.created <= update.created,
            IssueAffected.subscribed.is_(True),
            COUNTED,
            or_(Principal.id.is_(None), Principal.disabled.is_(False)),
        )
        .order_by(IssueAffected.id)
        .limit(SLICE)
    ).all()
    readers = who_reads(work, issue, [user for _, user in rows if user is not None])
    is_for_all = issue.audience == Audience.EVERYONE.value
    for row, user in rows:
        if not (is_for_all if user is None else user.id in readers):
            continue
        address = (user.email_address or "") if user is not None else (row.address or "")
        if is_sendable(address):
            lang = spoken(row.language or (user.lang if user is not None else ""))
            name = user.display_name if user is not None else ""
            work.db.add(_update_mail(work, issue, update, row, address, name, lang))
    if rows:
        update.mailed_to = rows[-1][0].id
    if len(rows) < SLICE:
        update.mailed = work.now
    work.db.flush()
    return max(len(rows), 1)


def write_asking(work: Work, issue: Issue, address: str, token: str, lang: str) -> None:
    """The mail that asks an address whether it was them; its link opens a page with a button."""
    say, config = say_in(lang), work.app.config
    url = sealed_words(config, config.url(f"/portal/issues/confirm/{token}"))
    paragraphs = [
        say("Somebody, probably you, told us that this affects you:"),
        f"    {issue.title}",
        say("Please confirm it on this page. Then we tell you by mail what is new about it:"),
        url,
        say(
            "The link can be used for seven days. If it was not you, do nothing: you will hear no more of it."
        ),
    ]
    subject = say("Please confirm: ${title}", title=issue.title)
    work.db.add(_mail(work, subject, paragraphs, address, "", lang, []))


def leave_token(work: Work, row: IssueAffected) -> str:
    """What the way out of a mail is known by: it allows to leave this issue and nothing else."""
    return seal(work.app.config, _LEAVING, str(row.id))


def find_leaving(work: Work, token: str) -> IssueAffected | None:
    """Who leaves by such a token; None when it is none of ours, or they are gone."""
    try:
        number = unseal(work.app.config, _LEAVING, token[:500])
    except Refused:
        return None
    return work.db.get(IssueAffected, int(number)) if number.isdigit() else None


def _update_mail(
    work: Work,
    issue: Issue,
    update: IssueUpdate,
    row: IssueAffected,
    address: str,
    name: str,
    lang: str,
) -> OutgoingMail:
    say, config = say_in(lang), work.app.config
    leave = config.url(f"/portal/issues/leave/{leave_token(work, row)}")
    days = days_words(say, lang, update.planned_from, update.planned_until)
    before = days_words(say, lang, update.old_from, update.old_until)
    stage = stage_words(say, update.stage)
    paragraphs = [issue.title, say("Where it stands: ${stage}", stage=stage), update.text]
    if days and before:
        paragraphs.append(say("Planned for ${days}; before, it was ${before}.", days=days, before=before))
    elif days:
        paragraphs.append(say("Planned for ${days}.", days=days))
    elif before:
        paragraphs.append(say("It is not planned for ${before} any more.", before=before))
    if issue.closed is not None:
        paragraphs += _afterwards(say, issue)
    paragraphs += [
        say("Everything about it: ${url}", url=config.url(f"/portal/issues/{issue.id}")),
        say("You get this mail because a request of yours is about it.")
        if row.from_request
        else say("You get this mail because you told us that it affects you."),
        say("No more mails about it: ${url}", url=sealed_words(config, leave)),
    ]
    headers = [
        ("List-Unsubscribe", f"<{leave}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Precedence", "bulk"),
    ]
    return _mail(work, f"{issue.title}: {stage}", paragraphs, address, name, lang, headers)


def _afterwards(say: Say, issue: Issue) -> list[str]:
    told = (
        (say("What went wrong"), issue.went_wrong),
        (say("How it was fixed"), issue.how_fixed),
        (say("What prevents it from now on"), issue.prevents),
    )
    return [f"{label}: {text}" for label, text in told if text]


def _mail(
    work: Work,
    subject: str,
    paragraphs: list[str],
    address: str,
    name: str,
    lang: str,
    headers: list[tuple[str, str]],
) -> OutgoingMail:
    config = work.app.config
    mail = OutgoingMail(
        created=work.now,
        internal=False,
        automatic=False,
        message_id=f"rt-issue-{secrets.token_hex(20)}@{config.organization}",
        envelope_sender="",
        subject=one_line(f"[{config.rtname}] {subject}", 250),
        headers=[
            ("From", mailbox(config.rtname, config.mail.correspond_address)),
            ("X-RT-Loop-Prevention", encoded(config.rtname)),
            ("Auto-Submitted", "auto-generated"),
            ("Content-Language", lang),
            *headers,
        ],
        body="\n\n".join(each for each in paragraphs if each) + "\n",
        html_body="",
        not_before=work.now,
    )
    mail.recipients.append(OutgoingRecipient(kind="to", address=address, name=one_line(name, 120)))
    return mail


ISSUE_MAILS = Chore("portal issues", 30.0, mail_updates)
