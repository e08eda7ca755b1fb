"""Tells one thread of the sample consultancy: a plot, its people and a source of chance become events."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any  # what TOML holds can be anything

from rtpy.demo.events import (
    AddCc,
    DemoFile,
    Event,
    Give,
    MailIn,
    Merge,
    PhoneTicket,
    SetDue,
    SetPriority,
    SetStatus,
    StaffComment,
    StaffReply,
    Take,
)
from rtpy.demo.files import make_file
from rtpy.demo.hours import customer_time, office_time
from rtpy.demo.mails import Draft, Quote, write_machine_mail, write_mail
from rtpy.demo.people import Consultancy, Customer, Organization, Staff
from rtpy.demo.threads import Plot, Step, Text
from rtpy.demo.words import Slots, customer_text, staff_text

_FIRST_ANSWER = {100: (0.1, 0.8), 50: (0.3, 3.0), 0: (0.4, 7.0)}
_WAITS = {"customer": (0.3, 9.0), "colleague": (0.2, 4.0), "staff": (0.4, 5.0), "comment": (0.1, 1.5)}
_MINUTES = (5, 10, 10, 15, 15, 20, 25, 30, 45)
_FRESH = timedelta(days=12)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays in a thread, and when it starts. `number` counts the threads of the same plot from 0."""

    key: str
    plot: Plot
    number: int
    starts: datetime
    organization: Organization
    customer: Customer
    colleague: Customer
    has_duplicate: bool


class Teller:
    """One thread in the telling: the clock, the owner and what was said last."""

    def __init__(
        self, cast: Cast, house: Consultancy, words: dict[str, Any], end: datetime, rng: Random
    ) -> None:
        self.cast, self.house, self.words, self.end, self.rng = cast, house, words, end, rng
        self.plot, self.key = cast.plot, cast.key
        self.at = cast.starts
        self.events: list[Event] = []
        self.language = self.plot.language
        self.owner: Staff | None = None
        self.lead: Staff = self.skilled(self.plot.skill)
        self.staff: Staff = self.lead
        self.quote: Quote | None = None
        self.first_id = ""
        self.readers: set[str] = {cast.customer.email}
        self.status = "new"
        pools = {key: tuple(values) for key, values in words["pool"].items()}
        known = {
            "customer": cast.customer.name,
            "customer_first": cast.customer.first_name,
            "colleague": cast.colleague.name,
            "colleague_first": cast.colleague.first_name,
            "org": cast.organization.name,
            "site": cast.customer.site,
            "domain": cast.organization.domains[0],
            "phone": cast.customer.phone,
            "lead": self.lead.first_name,
        }
        self.slots = Slots({**pools, **cast.organization.facts, **self.plot.slots}, known, rng)
        self.opening = self.choose_opening()
        self.subject = self.fill(self.say(self.plot.subjects, cast.customer.voice) or self.plot.name)

    def tell(self) -> list[Event]:
        """The thread's events up to the end of the script, in order of time."""
        steps = [step for step in self.plot.steps if self.rng.random() < step.chance and self.has_words(step)]
        kept = self.cut(len(steps))
        for place, step in enumerate(steps[:kept]):
            self.play(step, is_first=place == 0)
        if kept < len(steps):
            self.leave()
        elif self.status == "resolved" and self.plot.steps[0].role != "machine":
            self.epilogue()
        if self.cast.has_duplicate:
            self.duplicate()
        return sorted((event for event in self.events if event.at < self.end), key=lambda event: event.at)

    def cut(self, steps: int) -> int:
        """After how many steps the thread goes quiet; most go to their end."""
        age = self.end - self.cast.starts
        if age < timedelta(hours=30) and self.rng.random() < 0.5 and not self.cast.has_duplicate:
            return 1
        if self.cast.has_duplicate or self.rng.random() > (0.28 if age < _FRESH else 0.07):
            return steps
        least = 1 if age < timedelta(days=5) else 2
        return self.rng.randint(least, max(least, steps - 1))

    def play(self, step: Step, *, is_first: bool) -> None:
        if is_first:
            text = step.texts[self.opening - 1].words
        else:
            text = self.say(step.texts, self.voice(step)) or ""
        match step.role:
            case "machine":
                self.machine_writes(text, step)
            case "phone":
                self.phone(text, step)
            case "customer" | "colleague":
                who = self.cast.customer if step.role == "customer" else self.cast.colleague
                self.customer_writes(who, text, step, is_first=is_first)
            case _:
                self.staff_acts(text, step)

    # The clients' side

    def customer_writes(self, who: Customer, text: str, step: Step, *, is_first: bool) -> None:
        if not is_first:
            self.at = customer_time(self.at + self.wait(step), self.rng)
            self.read_along(who)
        said = customer_text(self.fill(text), who, self.words, self.rng, is_first=is_first)
        ccs: tuple[str, ...] = ()
        if is_first and self.rng.random() < 0.1:
            ccs = (self.cast.colleague.email,)
        self.mail(who, said, self.subject, self.files(step), key=self.key, opens=is_first, ccs=ccs)

    def mail(
        self,
        who: Customer,
        said: str,
        subject: str,
        files: tuple[DemoFile, ...] = (),
        *,
        key: str,
        opens: bool,
        ccs: tuple[str, ...] = (),
    ) -> None:
        message_id = f"<{self.rng.getrandbits(80):020x}@{who.email.partition('@')[2]}>"
        draft = Draft(
            at=self.at,
            to=f"{self.house.name} <{self.address()}>",
            subject=subject,
            text=said,
            message_id=message_id,
            replies_to="" if opens else key,
            references=self.first_id,
            quote=None if opens else self.quote,
            ccs=ccs,
            files=files,
        )
        raw = write_mail(who, self.cast.organization, draft, self.rng)
        self.first_id = self.first_id or message_id
        self.add(MailIn(self.at, key, raw, self.plot.queue, opens))
        if not opens and self.status in ("resolved", "stalled"):
            self.status = "open"

    def machine_writes(self, text: str, step: Step) -> None:
        sender, mailbox = self.fill("{sender}"), self.fill("{mailbox}")
        address = f"{mailbox}@{self.cast.organization.domains[0]}"
        message_id = f"<{self.rng.getrandbits(64):016x}.{mailbox}@{self.cast.organization.domains[0]}>"
        subject, said = self.subject, self.fill(text) + "\n"
        draft = Draft(self.at, self.address(), subject, said, message_id, files=self.files(step))
        self.first_id = message_id
        self.readers.discard(self.cast.customer.email)
        raw = write_machine_mail(sender, address, draft, self.rng)
        self.add(MailIn(self.at, self.key, raw, self.plot.queue, opens=True))

    def duplicate(self) -> None:
        """A colleague reports the same within the hour, and staff merge the two."""
        first = next(event for event in self.events if not isinstance(event, MailIn))
        kept = self.at, self.first_id, self.quote, self.status
        self.at, self.first_id, self.quote = (
            self.cast.starts + timedelta(minutes=self.rng.randint(6, 75)),
            "",
            None,
        )
        who, key = self.cast.colleague, f"{self.key}-again"
        text = self.say(self.plot.duplicates, who.voice) or self.plot.duplicates[0].words
        said = customer_text(self.fill(text), who, self.words, self.rng, is_first=True)
        subject = self.fill(self.say(self.plot.subjects, who.voice) or self.subject)
        self.mail(who, said, subject, key=key, opens=True)
        seen = office_time(max(self.at, first.at) + timedelta(minutes=self.rng.randint(4, 40)), self.rng)
        self.add(Merge(seen, key, self.key, (self.owner or self.lead).login))
        self.at, self.first_id, self.quote, self.status = kept

    # Our side

    def phone(self, text: str, step: Step) -> None:
        self.staff = self.owner = self.skilled("desk")
        said, minutes = self.fill(text), self.minutes(step)
        customer, subject, queue = self.cast.customer.email, self.subject, self.plot.queue
        self.add(PhoneTicket(self.at, self.key, self.staff.login, customer, subject, said, minutes, queue))
        self.tick(1, 2)
        self.add(Take(self.at, self.key, self.staff.login))
        if self.plot.priority:
            self.add(SetPriority(self.at, self.key, self.staff.login, self.plot.priority))
        if step.status:
            self.set_status(step.status)

    def staff_acts(self, text: str, step: Step) -> None:
        is_first = self.status == "new"
        wait = self.wait(step, _FIRST_ANSWER[self.plot.priority] if is_first else None)
        self.at = office_time(self.at + wait, self.rng)
        if is_first:
            self.pick_up()
        if step.role == "comment":
            self.comment(self.fill(text), step)
            return
        self.read_along(self.cast.customer)
        said = staff_text(
            self.fill(text),
            self.staff,
            self.cast.customer.first_name,
            self.language,
            self.house.name,
            self.rng,
        )
        status = step.status or ("open" if is_first else None)
        reply = StaffReply(
            self.at, self.key, self.staff.login, said, self.minutes(step), status, self.files(step)
        )
        self.add(reply)
        self.status = status or ("open" if self.status == "new" else self.status)
        self.quote = Quote(self.house.name, self.address(), self.at, said)

    def comment(self, text: str, step: Step) -> None:
        files = self.files(step)
        self.add(
            StaffComment(self.at, self.key, self.staff.login, text, self.minutes(step), step.status, files)
        )
        self.status = step.status or self.status

    def pick_up(self) -> None:
        """Somebody takes the ticket, says how urgent it is, and may hand it to whom it concerns."""
        if self.owner is None and self.rng.random() < 0.07:
            return
        if self.owner is None:
            first_line = self.skilled("desk")
            handed_on = first_line != self.lead and self.rng.random() < 0.3
            self.staff = self.owner = first_line if handed_on else self.lead
            self.add(Take(self.at, self.key, self.staff.login))
            self.tick(0, 1)
            if self.plot.priority:
                self.add(SetPriority(self.at, self.key, self.staff.login, self.plot.priority))
        elif self.owner != self.lead and self.plot.skill not in self.owner.skills:
            handed_on = True
        else:
            handed_on = False
        if self.plot.due_days:
            due = office_time(self.at + timedelta(days=self.plot.due_days), self.rng)
            self.add(SetDue(self.at, self.key, self.owner.login, due.replace(second=0, microsecond=0)))
        if self.rng.random() < 0.22:
            note = self.fill(self.rng.choice(self.words["asides"][self.plot.skill]))
            self.tick(2, 9)
            self.add(StaffComment(self.at, self.key, self.owner.login, note, self.rng.choice((5, 5, 10))))
        if handed_on:
            self.tick(2, 12)
            self.add(Give(self.at, self.key, self.owner.login, self.lead.login))
            self.staff = self.owner = self.lead
        self.tick(4, 20)
        self.at = office_time(self.at, self.rng)

    def read_along(self, who: Customer) -> None:
        """Whoever takes part must be on the ticket, or the mail would be a stranger's."""
        if who.email in self.readers:
            return
        self.readers.add(who.email)
        asked = min(self.at, self.events[-1].at + timedelta(minutes=3))
        self.add(AddCc(asked, self.key, self.staff.login, who.email))

    def leave(self) -> None:
        """The thread goes quiet: what waits for the customer for days is stalled."""
        waits_for_customer = isinstance(self.events[-1], StaffReply)
        if waits_for_customer and self.status == "open" and self.rng.random() < 0.6:
            self.at = office_time(self.at + timedelta(days=self.rng.uniform(2, 4)), self.rng)
            self.set_status("stalled")

    def epilogue(self) -> None:
        """Some say thanks to a resolved ticket, which opens it again; for some the trouble comes back."""
        after = self.words["after"][self.language]
        chance = self.rng.random()
        if chance > 0.22:
            return
        came_back = chance < 0.09 and self.plot.returns
        who = self.cast.customer
        days = self.rng.uniform(1.5, 6.0) if came_back else self.rng.uniform(0.02, 0.9)
        self.at = customer_time(self.at + timedelta(days=days), self.rng)
        text = self.fill(
            self.rng.choice(after["back" if came_back else "thanks" if self.plot.returns else "good"])
        )
        said = customer_text(text, who, self.words, self.rng, is_first=False)
        self.mail(who, said, self.subject, key=self.key, opens=False)
        self.at = office_time(self.at + timedelta(hours=self.rng.uniform(0.2, 4)), self.rng)
        if not came_back:
            self.set_status("resolved")
            return
        text = self.fill(self.rng.choice(after["answer"]))
        said = staff_text(text, self.staff, who.first_name, self.language, self.house.name, self.rng)
        minutes = self.rng.choice((15, 20, 30, 45))
        self.add(StaffReply(self.at, self.key, self.staff.login, said, minutes, "resolved"))

    def set_status(self, status: str) -> None:
        self.add(SetStatus(self.at, self.key, self.staff.login, status))
        self.status = status

    # Small parts

    def choose_opening(self) -> int:
        """Which of the ways to open it is, from 1: in turn, but nobody gets words that are not theirs."""
        voice = self.cast.customer.voice
        texts = self.plot.steps[0].texts
        fitting = [number for number, text in enumerate(texts, 1) if text.fits(number, voice)]
        return 1 if self.cast.has_duplicate else fitting[self.cast.number % len(fitting)]

    def say(self, texts: tuple[Text, ...], voice: str) -> str | None:
        fitting = [text.words for text in texts if text.fits(self.opening, voice)]
        return self.rng.choice(fitting) if fitting else None

    def has_words(self, step: Step) -> bool:
        voice = self.voice(step)
        return step is self.plot.steps[0] or any(text.fits(self.opening, voice) for text in step.texts)

    def voice(self, step: Step) -> str:
        who = self.cast.colleague if step.role == "colleague" else self.cast.customer
        return who.voice if step.role in ("customer", "colleague") else ""

    def add(self, event: Event) -> None:
        self.events.append(event)

    def fill(self, text: str) -> str:
        return self.slots.fill(text, self.at, self.language)

    def files(self, step: Step) -> tuple[DemoFile, ...]:
        fitting = [recipe for recipe in step.files if recipe.fits(self.opening, "")]
        return tuple(make_file(self.fill(recipe.words), self.at, self.rng) for recipe in fitting)

    def minutes(self, step: Step) -> int:
        if step.minutes is None:
            return self.rng.choice(_MINUTES)
        low, high = step.minutes
        return max(5, 5 * round(self.rng.randint(low, high) / 5))

    def wait(self, step: Step, usual: tuple[float, float] | None = None) -> timedelta:
        return timedelta(seconds=round(3600 * self.rng.uniform(*(step.after or usual or _WAITS[step.role]))))

    def tick(self, least: int, most: int) -> None:
        self.at += timedelta(seconds=self.rng.randint(60 * least, 60 * most))

    def skilled(self, skill: str) -> Staff:
        return self.rng.choice([staff for staff in self.house.staff if skill in staff.skills])

    def address(self) -> str:
        return next(queue.address for queue in self.house.queues if queue.name == self.plot.queue)
