"""The words of EN 16931 about tax, as values: categories, adjustments, groups and totals. No arithmetic."""

from dataclasses import dataclass
from enum import StrEnum


class TaxCategory(StrEnum):
    """Why a line bears the tax that it bears; the value is the code of UNCL 5305 that EN 16931 uses."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    INTRA_COMMUNITY = "K"
    EXPORT = "G"
    OUTSIDE_SCOPE = "O"

    @property
    def bears_tax(self) -> bool:
        return self is TaxCategory.STANDARD

    @property
    def needs_reason(self) -> bool:
        """Whether an invoice must say in words why there is no tax."""
        return self not in (TaxCategory.STANDARD, TaxCategory.ZERO)


@dataclass(frozen=True, slots=True)
class Tax:
    """What one line bears: the category, the rate in basis points (1900 = 19 %), and the reason of an exemption.

    `name` is what the invoice prints before the rate ("VAT", "GST", "Sales tax"); empty means the word of the language.
    """

    category: TaxCategory
    rate: int = 0
    reason: str = ""
    reason_code: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        if self.category.bears_tax and self.rate <= 0:
            raise ValueError("The standard category needs a rate above nought; nought is the category Z.")
        if not self.category.bears_tax and self.rate:
            raise ValueError(f"The category {self.category} bears no tax, so its rate is nought.")


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An allowance or a charge on the whole document, of one tax; `amount` is never negative, minor units.

    `basis` and `rate` (basis points) say of what it was reckoned, if it was a percentage.
    """

    amount: int
    reason: str
    tax: Tax
    is_charge: bool = False
    reason_code: str = ""
    basis: int | None = None
    rate: int | None = None

    @property
    def signed(self) -> int:
        """What it adds to the sum: a charge more, an allowance less."""
        return self.amount if self.is_charge else -self.amount


@dataclass(frozen=True, slots=True)
class Deduction:
    """Something that lowers what is to pay but not the tax: paid before, or a discount that leaves the base alone."""

    text: str
    amount: int


@dataclass(frozen=True, slots=True)
class TaxGroup:
    """All that bears the same tax on one document: the base and the tax on it, minor units."""

    tax: Tax
    taxable: int
    amount: int


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of a document, minor units (in brackets the terms of EN 16931)."""

    lines: int  # BT-106
    allowances: int  # BT-107
    charges: int  # BT-108
    net: int  # BT-109
    tax: int  # BT-110
    gross: int  # BT-112
    paid: int  # BT-113
    rounding: int  # BT-114
    payable: int  # BT-115
