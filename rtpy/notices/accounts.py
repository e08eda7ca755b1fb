"""Who is told by mail that something changed by which their account is opened, and in which words."""

from rtpy.models import User
from rtpy.notices.writing import Notice, write_notice
from rtpy.work import Work

_WORDS = {
    "password": ("Your password was changed", "The password of your account {name} was changed{by}."),
    "address": (
        "Your mail address was changed",
        "The mail address of your account {name} was changed{by}, from {old} to {new}.",
    ),
    "second factor on": (
        "A second factor was set up",
        "From now on your account {name} asks for a code after the password. It was set up{by}.",
    ),
    "second factor off": (
        "Your second factor was taken off",
        "Your account {name} no longer asks for a code after the password. It was taken off{by}.",
    ),
    "recovery codes": (
        "New recovery codes were made",
        "New recovery codes were made for your account {name}{by}; the ones before are worth nothing now.",
    ),
}
_WAS_IT_YOU = (
    "If that was you, or you asked for it, nothing is to be done. If not, somebody else may use your account: "
    "tell your administrator at once, and choose a new password at {url}"
)


def tell_account_changed(work: Work, user: User, what: str, old: str) -> None:
    """A mail to who can log in with a password; when the address changed, to the one before as well.

    Addresses of people without a password here are corrected without a word: no new password goes to them.
    """
    words = _WORDS.get(what)
    if words is None or (what == "address" and user.password_hash is None):
        return
    subject, sentence = words
    by = "" if work.actor.user_id == user.id else f" by {_who(work)}"
    told = sentence.format(name=user.name, by=by, old=old or "none", new=user.email_address or "none")
    text = f"{told}\n\n{_WAS_IT_YOU.format(url=work.app.config.url('/login'))}"
    addresses = {address.lower(): address for address in (old, user.email_address or "") if address}
    for address in addresses.values():
        write_notice(work, Notice(subject, text), address=address, name=user.display_name)


def _who(work: Work) -> str:
    actor = work.db.get(User, work.actor.user_id)
    return actor.display_name if actor is not None else work.actor.name
