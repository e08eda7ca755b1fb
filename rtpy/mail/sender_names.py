"""Who a mail says that it comes from: the name beside our address."""

import logging
import re

from rtpy.mail.header_lines import one_line
from rtpy.mail.occasion import Occasion

log = logging.getLogger("rtpy.mail")

LONGEST = 100
_PLACE = re.compile(r"\{(?:name|queue|rtname)\}")


def sender_name(occasion: Occasion, *, is_answer: bool, only_staff: bool) -> str:
    """RT's FriendlyFromLineFormat; an automatic answer comes from the queue, what the system does from the site.

    Customers read what plugins wish in place of the names of our people and queues (hook `rtpy_sender_name`).
    """
    config, people = occasion.work.app.config, occasion.people
    if people.by_system and not is_answer:
        return config.rtname
    queue = occasion.queue.name if only_staff else _wished(occasion, "") or occasion.queue.name
    actor = people.actor.name if only_staff else actor_name(occasion)
    name = queue if is_answer else actor
    if name == config.rtname:
        return name  # not "the site via the site"
    values = {"{name}": name, "{queue}": queue, "{rtname}": config.rtname}
    return _PLACE.sub(lambda found: values[found[0]], config.mail.friendly_from).strip()


def actor_name(occasion: Occasion) -> str:
    """Whoever did it, as customers read them: their own people by name, ours as plugins wish."""
    people = occasion.people
    if people.by_system:
        return occasion.work.app.config.rtname
    if not people.actor.is_staff:
        return people.actor.name
    return _wished(occasion, people.actor.name) or people.actor.name


def _wished(occasion: Occasion, name: str) -> str:
    """What the first plugin that has a wish says; empty for none, the site's name when that fails."""
    return str(occasion.once(f"sender name {name}", lambda: _ask(occasion, name)))


def _ask(occasion: Occasion, name: str) -> str:
    work = occasion.work
    hook = work.app.hooks.rtpy_sender_name
    if not hook.get_hookimpls():
        return ""
    try:
        with work.db.begin_nested():
            return one_line(hook(work=work, ticket=occasion.ticket, name=name) or "", LONGEST)
    except Exception:
        log.exception("a plugin failed to name the sender of a mail of ticket %s", occasion.ticket.id)
        return work.app.config.rtname
