"""What the firm's accounting program calls things, as administrators set it."""

from rtpy.config.setting import Setting, SettingKind
from rtpy.errors import Invalid
from rtpy.plugin_settings import setting
from rtpy.work import Work
from rtpy_billing.documents.tables.books import Books, read_tax_names

SECTION = "Accounting program"
USUAL = Books()


def _wrong_names(text: str) -> str:
    try:
        read_tax_names(text)
    except Invalid as wrong:
        return str(wrong)
    return ""


def _text(key: str, default: str, label: str, help: str) -> Setting:
    return Setting(
        f"billing.books_{key}", SettingKind.TEXT, default, label, help, longest=100, section=SECTION
    )


SETTINGS: tuple[Setting, ...] = (
    _text(
        "account",
        USUAL.account,
        "Revenue account",
        "Of lines that name none: its code, or its name for QuickBooks.",
    ),
    _text("receivable", USUAL.receivable, "Account of what is owed", "For QuickBooks Desktop."),
    _text("tax_account", USUAL.tax_account, "Account of taxes", "For QuickBooks Desktop."),
    _text("item", USUAL.item, "Product or service", "For QuickBooks, of lines that name none."),
    Setting(
        "billing.books_tax_names",
        SettingKind.LONG_TEXT,
        "",
        "Names of the taxes",
        "One a line, as the accounting program calls them: S 19 = 19% (VAT on Income), or AE = Reverse charge. "
        "For Sage it is its tax code (T1), for DATEV the revenue account (8400), with the key behind a stroke "
        "where it needs one (8200/3). The letters are those of the tax rates.",
        longest=4000,
        section=SECTION,
        check=_wrong_names,
    ),
    _text("consultant", "", "DATEV: number of the tax consultant", "Beraternummer; digits only."),
    _text("client", "", "DATEV: number of your firm there", "Mandantennummer; digits only."),
    Setting(
        "billing.books_account_digits",
        SettingKind.NUMBER,
        USUAL.account_digits,
        "DATEV: digits of an account",
        "Sachkontenlänge.",
        minimum=4,
        maximum=8,
        section=SECTION,
    ),
    Setting(
        "billing.books_year_month",
        SettingKind.NUMBER,
        USUAL.year_month,
        "Month in which the financial year begins",
        "1 for January; for DATEV.",
        minimum=1,
        maximum=12,
        section=SECTION,
    ),
    Setting(
        "billing.books_month_first",
        SettingKind.SWITCH,
        False,
        "Dates begin with the month",
        "As in 11/22/2026: for American books.",
        section=SECTION,
    ),
)


def books_of(work: Work) -> Books:
    """How the accounting program calls things now."""

    def said(key: str) -> str:
        return str(setting(work.app, work.db, f"billing.books_{key}"))

    return Books(
        account=said("account"),
        receivable=said("receivable"),
        tax_account=said("tax_account"),
        item=said("item"),
        month_first=bool(setting(work.app, work.db, "billing.books_month_first")),
        tax_names=read_tax_names(said("tax_names")),
        consultant=said("consultant"),
        client=said("client"),
        account_digits=int(setting(work.app, work.db, "billing.books_account_digits")),
        year_month=int(setting(work.app, work.db, "billing.books_year_month")),
    )
