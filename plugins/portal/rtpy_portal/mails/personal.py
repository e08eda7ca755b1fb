"""What a mail says to one customer alone: the link by which they open the request without an account."""

from collections.abc import Mapping, Sequence

from rtpy.mail.personal import Addressee, PersonalWords
from rtpy.models import Ticket, Transaction
from rtpy.plugin_settings import setting
from rtpy.work import Work
from rtpy_portal.access.keys import address_of, tokens_for
from rtpy_portal.access.settings import KEYS_IN_MAILS
from rtpy_portal.ratings.asking import ask_in_mail, links_for
from rtpy_portal.words import say_in, spoken


def personal_words(
    work: Work, ticket: Ticket, transaction: Transaction, people: Sequence[Addressee]
) -> Mapping[str, PersonalWords]:
    """By address, for those who take part; in the language of each. Three queries at most."""
    if ticket.type != "ticket" or not setting(work.app, work.db, KEYS_IN_MAILS):
        return {}
    known = {each.user_id for each in people if each.user_id is not None}
    tokens = tokens_for(work, ticket, known) if known else {}
    asked = ask_in_mail(work, ticket, transaction, tokens) if tokens else frozenset()
    return {
        each.address: words_for(work, tokens[each.user_id], each.lang, is_asked=each.user_id in asked)
        for each in people
        if each.user_id is not None and each.user_id in tokens
    }


def words_for(work: Work, token: str, lang: str, *, is_asked: bool = False) -> PersonalWords:
    """The link to the request; to who is asked how it went, the three faces as well."""
    say = say_in(spoken(lang))
    pieces: list[str | tuple[str, str]] = [
        (say("Read it, answer or close it on the web"), address_of(work.app, token))
    ]
    if is_asked:
        pieces.append(
            say("How did it go? Each link opens a page with one button; nothing is sent before you press it.")
        )
        pieces += [
            (face.label, address_of(work.app, token, "rate", score=face.score)) for face in links_for(lang)
        ]
    return PersonalWords(tuple(pieces))
