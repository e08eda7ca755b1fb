"""Code lists that documents are checked against: countries, electronic address schemes, check digits of numbers."""

import re

COUNTRIES = frozenset(
    (
        "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY "
        "BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK "
        "FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR "
        "IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK "
        "ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM "
        "PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF "
        "TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XI XK YE YT ZA ZM ZW"
    ).split()
)

# The list grows every year; four digits beginning with 0 or 9 or one of these pass, the network itself is the judge.
ENDPOINT_SCHEME = re.compile(r"0[0-2]\d\d|9[0-9]\d\d|A[NQSU]|EM")
COMMON_SCHEMES = {
    "0002": "SIRENE (France)",
    "0007": "Organisationsnummer (Sweden)",
    "0009": "SIRET (France)",
    "0088": "GLN (GS1)",
    "0106": "KVK (Netherlands)",
    "0151": "ABN (Australia)",
    "0184": "CVR (Denmark)",
    "0190": "OIN (Netherlands)",
    "0192": "Organisasjonsnummer (Norway)",
    "0204": "Leitweg-ID (Germany)",
    "0208": "Enterprise number (Belgium)",
    "0211": "Partita IVA (Italy)",
    "0216": "OVT (Finland)",
    "9914": "VAT number (Austria)",
    "9920": "VAT number (Spain)",
    "9925": "VAT number (Belgium)",
    "9927": "VAT number (Switzerland)",
    "9930": "VAT number (Germany)",
    "9932": "VAT number (United Kingdom)",
    "9938": "VAT number (Luxembourg)",
    "9944": "VAT number (Netherlands)",
    "9957": "VAT number (France)",
    "EM": "Mail address",
}

VAT_ID = re.compile(r"[A-Z]{2}[0-9A-Z+*]{2,13}")
IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}")


def is_vat_id(text: str) -> bool:
    """Whether it looks like a VAT number: two letters of the country, then two to thirteen signs."""
    return VAT_ID.fullmatch(bare(text)) is not None


def is_iban(text: str) -> bool:
    """Whether it is an IBAN whose check digits agree (ISO 13616)."""
    iban = bare(text)
    if not IBAN.fullmatch(iban):
        return False
    return int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 == 1


def is_endpoint(text: str, scheme: str) -> bool:
    """Whether the check digits of that electronic address agree, for the schemes whose rule we know."""
    value = text.strip()
    match scheme:
        case "0088":
            return value.isascii() and value.isdigit() and _weighted(value, (3, 1), 10)
        case "0192":
            return re.fullmatch(r"\d{9}", value) is not None and _weighted(value, (2, 3, 4, 5, 6, 7), 11)
        case "0208":
            return re.fullmatch(r"\d{10}", value) is not None and 97 - int(value[:8]) % 97 == int(value[8:])
        case "0184":
            return re.fullmatch(r"(DK)?\d{8}", value) is not None
        case "EM":
            return re.fullmatch(r"[^@\s]+@[^@\s]+", value) is not None
        case _:
            return bool(value)


def bare(text: str) -> str:
    """A number without the spaces, points and hyphens that people put into it, in capitals."""
    return re.sub(r"[\s.\-/]", "", text).upper()


def _weighted(digits: str, weights: tuple[int, ...], modulus: int) -> bool:
    total = sum(
        int(digit) * weights[place % len(weights)] for place, digit in enumerate(reversed(digits[:-1]))
    )
    return (modulus - total % modulus) % modulus == int(digits[-1])
