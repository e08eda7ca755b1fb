"""Is everything there that a request needs? Each problem says what to do, in the reader's language."""

from dataclasses import dataclass, replace

from pyramid.request import Request

from rtpy.content.part import Part
from rtpy.errors import Invalid, Problem
from rtpy.mail.addresses import is_own
from rtpy.mail.header_lines import is_sendable
from rtpy.mail.own import what_is_own
from rtpy.plugin_settings import setting
from rtpy.web.html import show_size
from rtpy.web.staff.forms import files_of, number_in
from rtpy_portal.asking.fields import definitions_of, read_answers
from rtpy_portal.asking.holding import Held
from rtpy_portal.asking.making import Question
from rtpy_portal.asking.settings import UPLOAD
from rtpy_portal.organizations.rules import may_raise_for
from rtpy_portal.web.asking.place import Place
from rtpy_portal.web.asking.typed import FILES, LONGEST, Typed
from rtpy_portal.web.frame import language_of, zone_of


@dataclass(frozen=True, slots=True)
class Checked:
    """What can be asked, and what is wrong with it. Files are not in it yet."""

    question: Question
    problems: tuple[Problem, ...]


def check(request: Request, place: Place, typed: Typed) -> Checked:
    """All that was typed, read and checked."""
    say = request.portal_say
    problems: list[Problem] = []
    if place.visitor is None:
        problems += _address(request, typed)
    text = typed.text("text")
    if not text.strip():
        problems.append(Problem("text", say("Please write what it is about.")))
    elif len(text) > LONGEST:
        problems.append(Problem("text", say("This text is too long for a form. Please send it as a file.")))
    answers, missing = read_answers(place.work, place.topic, typed.values, say, zone_of(request))
    question = Question(
        text[:LONGEST],
        "",
        typed.text("subject")[:200],
        place.topic,
        answers,
        language=language_of(request),
        page=typed.text("page"),
    )
    question, wrong = _for_whom(request, place, typed, question)
    return Checked(question, (*problems, *missing, *wrong))


def check_files(request: Request, held: list[Held]) -> tuple[tuple[Part, ...], list[Problem]]:
    """The files that were chosen now; nothing of them when they are too large together with those that wait."""
    say, most = request.portal_say, int(setting(request.app, request.db, UPLOAD)) * 1024 * 1024
    try:
        files = files_of(request, FILES)
    except Invalid:
        return (), [
            Problem(FILES, say("These are too many files at once. Please send them in several messages."))
        ]
    if sum(len(each.data) for each in files) + sum(each.size for each in held) > most:
        sentence = say(
            "These files are too large together: ${most} can be sent at once. Please leave some out, or make them "
            "smaller.",
            most=show_size(most),
        )
        return (), [Problem(FILES, sentence)]
    return files, []


def say_refused(request: Request, place: Place, invalid: Invalid) -> list[Problem]:
    """What the core will not take, in the words of the portal."""
    say, found = request.portal_say, []
    known = dict.fromkeys(definitions_of(place.work, place.topic)) if place.topic else {}
    by_name = {each.input_name: each for each, _ in known}
    for problem in invalid.problems:
        each = by_name.get(problem.field)
        if each is None:
            found.append(Problem("text", say("This cannot be sent like this. Please look at it again.")))
            continue
        hint = each.validation_hint or each.entry_hint
        found.append(
            Problem(
                problem.field,
                say("Please look at “${question}” again. ${hint}", question=each.name, hint=hint),
            )
        )
    return found


def _address(request: Request, typed: Typed) -> list[Problem]:
    say, address = request.portal_say, typed.text("address").strip()
    if not address:
        return [Problem("address", say("Please write your mail address, so that we can answer you."))]
    if not is_sendable(address):
        return [Problem("address", say("This is not a whole mail address: write it like name@example.com."))]
    if is_own(address, what_is_own(request.app, request.db).addresses):
        return [Problem("address", say("This is one of our own addresses. Please write yours."))]
    return []


def _for_whom(
    request: Request, place: Place, typed: Typed, question: Question
) -> tuple[Question, list[Problem]]:
    say, visitor = request.portal_say, place.visitor
    if visitor is None:
        return question, []
    chosen = typed.text("colleague")
    if chosen:
        organization, _, person = chosen.partition(".")
        colleague = may_raise_for(place.work, visitor, number_in(person) or 0, number_in(organization) or 0)
        if colleague is None:
            return question, [Problem("colleague", say("Please choose somebody from the list."))]
        question = replace(
            question, colleague_id=colleague.user_id, organization_id=colleague.organization_id
        )
    else:
        ids = [each.organization_id for each in place.members]
        wanted = number_in(typed.text("organization"))
        if len(ids) > 1 and wanted not in ids:
            return question, [
                Problem("organization", say("Please choose the organisation that you are asking for."))
            ]
        member = next(
            (each for each in place.members if len(ids) == 1 or each.organization_id == wanted), None
        )
        if member is not None:
            question = replace(question, organization_id=member.organization_id, site_id=member.site_id)
    return _at_site(request, place, typed, question)


def _at_site(
    request: Request, place: Place, typed: Typed, question: Question
) -> tuple[Question, list[Problem]]:
    wanted = number_in(typed.text("site"))
    if wanted is None:
        return question, []
    site = next((each for each in place.sites if each.id == wanted), None)
    if site is None or site.organization_id != question.organization_id:
        sentence = request.portal_say("Please choose a site of the organisation that you are asking for.")
        return question, [Problem("site", sentence)]
    return replace(question, site_id=site.id), []
