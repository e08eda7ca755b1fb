"""A customer's statement as the plain texts that its pages show: what is left first, then how it came to that."""

from datetime import timedelta

from rtpy_billing.documents.printed import Plain, columns, letter
from rtpy_billing.documents.snapshot import Party
from rtpy_billing.documents.statement import BalanceShown, BalanceUnit, Detail, Statement
from rtpy_billing.documents.words import NARROW, Language, clock


def print_statement(statement: Statement) -> Plain:
    """All that stands on the pages of a statement, as far as its `detail` goes."""
    say = Language(statement.language)
    seller = statement.seller or Party(name="")
    last = statement.end - timedelta(days=1)
    return {
        **letter(seller, Party(name=statement.customer), say, statement.accent),
        "title": say.word("statement_of", customer=statement.customer),
        "preview": "",
        "facts": [],
        "period": say.word("from_to", start=say.day(statement.start), end=say.day(last)),
        "balances": [_balance(one, statement.currency, say) for one in statement.balances],
        "requests": _requests(statement, say) if statement.detail is not Detail.BALANCE else None,
        "work": _work(statement, say) if statement.detail is Detail.ENTRIES else None,
        "invoices": _invoices(statement, say),
        "nothing": say.word("nothing_done"),
        "footer": columns(seller, (), (), say) if statement.seller else [],
    }


def amount_of(quantity: int, unit: BalanceUnit, currency: str, say: Language) -> str:
    """A quantity of a balance: hours as h:mm, money with its currency, incidents as a number."""
    match unit:
        case BalanceUnit.SECONDS:
            return f"{clock(quantity)}{NARROW}h"
        case BalanceUnit.MONEY:
            return say.total(quantity, currency)
        case BalanceUnit.INCIDENTS:
            return str(quantity)


def _balance(one: BalanceShown, currency: str, say: Language) -> Plain:
    def shown(quantity: int) -> str:
        return amount_of(quantity, one.unit, currency, say)

    def standing(quantity: int) -> str:
        """A balance is never negative for a customer: so much over."""
        return shown(quantity) if quantity >= 0 else say.word("over", amount=shown(-quantity))

    hints = [say.word("empty_on", date=say.day(one.empty_on))] if one.empty_on else []
    for row in one.expiring:
        hints.append(say.word("expiring", amount=shown(row.quantity), date=say.day(row.expires_on)))
    left = say.word("remaining", amount=shown(one.remaining))
    return {
        "name": one.name,
        "headline": standing(one.closing) if one.over else left,
        "is_over": bool(one.over),
        "used": min(max(one.used_percent, 0), 100),
        "used_text": say.word("used_percent", percent=say.rate(max(one.used_percent, 0) * 100)),
        "rows": [
            [say.word("opening"), standing(one.opening)],
            *([say.word(row.kind), shown(row.quantity)] for row in one.rows),
            [say.word("closing"), standing(one.closing)],
        ],
        "hints": hints,
    }


def _requests(statement: Statement, say: Language) -> Plain:
    return {
        "title": say.word("by_request"),
        "columns": [
            say.word("request"),
            say.word("subject"),
            say.word("time"),
            say.word("covered"),
            say.word("charged", currency=statement.currency),
        ],
        "rows": [
            [
                f"#{row.number}" if row.number is not None else "",
                row.subject if row.number is not None else say.word("without_request"),
                clock(row.seconds),
                clock(row.covered_seconds),
                say.money(row.amount, statement.currency),
            ]
            for row in statement.requests
        ],
    }


def _work(statement: Statement, say: Language) -> Plain:
    names = ("day", "request", "description", "who", "time")
    subjects = {row.number: row.subject for row in statement.requests}
    return {
        "title": say.word("annex"),
        "columns": [*(say.word(name) for name in names), say.word("charged", currency=statement.currency)],
        "rows": [
            [
                say.day(row.day),
                f"#{row.request}" if row.request is not None else "",
                # who wrote no note for the customer did it for the request, whose subject they know
                "\n".join(filter(None, (row.note or subjects.get(row.request, ""), row.work_type))),
                row.who,
                clock(row.seconds),
                say.word("no_charge") if row.is_no_charge else say.money(row.amount, statement.currency),
            ]
            for row in statement.work
        ],
    }


def _invoices(statement: Statement, say: Language) -> Plain:
    names = ("number", "issued_on", "due_on", "amount")
    return {
        "title": say.word("invoices"),
        "columns": ["", *(say.word(name) for name in names)],
        "rows": [
            [
                say.word("credit_note" if row.is_credit else "invoice"),
                row.number,
                say.day(row.issued_on),
                say.day(row.due_on) if row.due_on else "",
                say.total(-row.total if row.is_credit else row.total, statement.currency),
            ]
            for row in statement.invoices
        ],
    }
