"""Templates as RT has them, in Perl, translated: the usual calls become our variables, the rest is refused."""

import re
from difflib import get_close_matches

from rtpy.errors import Invalid, Problem

_CALLS = {
    "$rtname": "rtname",
    "$RT::rtname": "rtname",
    "$RT::Organization": "organization",
    "$RT::WebURL": "web_url",
    "$Ticket->id": "ticket.id",
    "$Ticket->Id": "ticket.id",
    "$Ticket->Subject": "ticket.subject",
    "$Ticket->Status": "ticket.status",
    "$Ticket->Priority": "ticket.priority",
    "$Ticket->SubjectTag": "ticket.tag",
    "$Ticket->URI": "ticket.url",
    "$Ticket->QueueObj->Name": "ticket.queue",
    "$Ticket->Queue->Name": "ticket.queue",
    "$Ticket->QueueObj->Description": "ticket.queue_description",
    "$Ticket->OwnerObj->Name": "ticket.owner",
    "$Ticket->OwnerObj->RealName": "ticket.owner",
    "$Ticket->OwnerObj->EmailAddress": "rt.TicketOwnerEmailAddress",
    "$Ticket->OwnerAsString": "ticket.owner",
    "$Ticket->RequestorAddresses": 'ticket.requestors | join: ", "',
    "$Ticket->Requestors->MemberEmailAddressesAsString": 'ticket.requestors | join: ", "',
    "$Ticket->CcAddresses": "rt.TicketCcAddresses",
    "$Ticket->AdminCcAddresses": "rt.TicketAdminCcAddresses",
    "$Ticket->DueAsString": "ticket.due",
    "$Ticket->DueObj->AsString": "ticket.due",
    "$Ticket->CreatedAsString": "ticket.created",
    "$Ticket->CreatedObj->AsString": "ticket.created",
    "$Ticket->StartsObj->AsString": "rt.TicketStarts",
    "$Ticket->StartedObj->AsString": "rt.TicketStarted",
    "$Ticket->ResolvedObj->AsString": "rt.TicketResolved",
    "$Ticket->ToldObj->AsString": "rt.TicketTold",
    "$Ticket->TimeWorked": "rt.TicketTimeWorked",
    "$Ticket->TimeLeft": "rt.TicketTimeLeft",
    "$Ticket->TimeEstimated": "rt.TicketTimeEstimated",
    "$Ticket->InitialPriority": "rt.TicketInitialPriority",
    "$Ticket->FinalPriority": "rt.TicketFinalPriority",
    "$Transaction->id": "transaction.id",
    "$Transaction->Id": "transaction.id",
    "$Transaction->Type": "transaction.type",
    "$Transaction->Field": "transaction.field",
    "$Transaction->OldValue": "transaction.old_value",
    "$Transaction->NewValue": "transaction.new_value",
    "$Transaction->Data": "rt.TransactionData",
    "$Transaction->TimeTaken": "transaction.minutes",
    "$Transaction->Content": "message.text",
    "$Transaction->Subject": "message.subject",
    "$Transaction->Description": "rt.TransactionDescription",
    "$Transaction->BriefDescription": "transaction.description",
    "$Transaction->CreatedAsString": "transaction.created",
    "$Transaction->CreatedObj->AsString": "transaction.created",
    "$Transaction->CreatorObj->Name": "actor.name",
    "$Transaction->CreatorObj->RealName": "actor.name",
    "$ForwardTransaction->Content": "forward.text",
}
_CONFIG = {"rtname": "rtname", "organization": "organization", "weburl": "web_url"}
_GET = re.compile(r"(?:\$?RT::Config|RT->Config)->Get\(\s*['\"]?(\w+)['\"]?\s*\)")
_FIELD = re.compile(
    r"\$Ticket->(?:FirstCustomFieldValue|CustomFieldValuesAsString)\(\s*(['\"])([^'\"{}\n]{1,200})\1\s*\)"
)
_FORMAT = re.compile(r"(->Content)\(\s*(?:Type\s*=>\s*['\"]text/(?:html|plain)['\"]\s*)?\)$")
_LOC = re.compile(r"loc\(\s*(['\"])([^'\"{}\n]*)\1\s*\)")


def looks_like_rt(content: str) -> bool:
    """Is there anything that RT would run?"""
    return bool(_code_in(content))


def translate(content: str) -> str:
    """The template in our language. Raises Invalid with every piece that cannot be translated, by its line.

    RT's simple variables (`{$TicketSubject}`) stay: they are understood as they are.
    """
    problems: list[Problem] = []
    made: list[str] = []
    at = 0
    for begin, end in _code_in(content):
        code = content[begin + 1 : end - 1].strip()
        ours = _translated(code)
        if ours is None:
            line = content.count("\n", 0, begin) + 1
            why = f"“{content[begin:end][:80]}” is Perl, which rtpy does not run.{_nearest(code)}"
            problems.append(Problem("content", f"Line {line}: {why}"))
            continue
        made += [content[at:begin], ours]
        at = end
    if problems:
        raise Invalid(*problems)
    return "".join(made) + content[at:]


def _translated(code: str) -> str | None:
    """What stands for one piece of code; None when it is more than we know."""
    said = _LOC.fullmatch(code)
    if said:
        return said[2]
    alternatives = (
        [_value(each.strip()) for each in code.strip("()").split("||")] if "||" in code else [_value(code)]
    )
    if any(each is None for each in alternatives):
        return None
    names = list(dict.fromkeys(each for each in alternatives if each))
    return "{{ " + names[0] + "".join(f" | default: {name}" for name in names[1:]) + " }}"


def _nearest(code: str) -> str:
    """The calls that are understood and look most like this one, in a question."""
    called = re.sub(r"\(\s*\)$", "", code.rstrip(";").strip())
    found = get_close_matches(called, _CALLS, n=2, cutoff=0.8)
    return f" Did you mean {' or '.join(f'{{{each}}}' for each in found)}?" if found else ""


def _value(code: str) -> str | None:
    code = code.rstrip(";").strip()
    code = _FORMAT.sub(r"\1", code)
    code = re.sub(r"\(\s*\)$", "", code)
    if code in _CALLS:
        return _CALLS[code]
    if found := _GET.fullmatch(code):
        return _CONFIG.get(found[1].lower())
    if found := _FIELD.fullmatch(code):
        return f'fields["{found[2]}"]'
    return None


def _code_in(content: str) -> list[tuple[int, int]]:
    """Beginning and end of each `{…}` that is Perl: neither our `{{ }}` and `{% %}` nor a simple variable."""
    found = []
    for match in re.finditer(r"(?<!\{)\{(?![{%])([^{}]*)\}(?!\})", content):
        code = match[1].strip()
        if re.search(
            r"\$\w+\s*->|\$RT::|RT->Config|\bmy\s+\$|\bloc\(|\bforeach\b|\$Ticket\b|\$Transaction\b", code
        ):
            found.append(match.span())
        elif code == "$rtname" or re.fullmatch(r"\$(?:Argument|Requestor)\b.*", code):
            found.append(match.span())
    return found
