"""The sentences that an invoice without tax must carry, with the codes of the VATEX list that stand for them."""

from rtpy_billing.taxes.values import TaxCategory

REASON_CODES = {
    TaxCategory.REVERSE_CHARGE: "VATEX-EU-AE",
    TaxCategory.INTRA_COMMUNITY: "VATEX-EU-IC",
    TaxCategory.EXPORT: "VATEX-EU-G",
    TaxCategory.OUTSIDE_SCOPE: "VATEX-EU-O",
}

ENGLISH = {
    TaxCategory.REVERSE_CHARGE: "Reverse charge: VAT is to be accounted for by the customer "
    "(Articles 44 and 196 of Directive 2006/112/EC).",
    TaxCategory.INTRA_COMMUNITY: "Intra-Community supply, exempt from VAT (Article 138 of Directive 2006/112/EC).",
    TaxCategory.EXPORT: "Export outside the European Union, exempt from VAT (Article 146 of Directive 2006/112/EC).",
    TaxCategory.OUTSIDE_SCOPE: "Not subject to VAT.",
    TaxCategory.EXEMPT: "Exempt from VAT.",
}

GERMAN = {
    TaxCategory.REVERSE_CHARGE: "Steuerschuldnerschaft des Leistungsempfängers "
    "(Art. 44 und 196 der Richtlinie 2006/112/EG).",
    TaxCategory.INTRA_COMMUNITY: "Steuerfreie innergemeinschaftliche Lieferung (Art. 138 der Richtlinie 2006/112/EG).",
    TaxCategory.EXPORT: "Steuerfreie Ausfuhrlieferung (Art. 146 der Richtlinie 2006/112/EG).",
    TaxCategory.OUTSIDE_SCOPE: "Nicht steuerbar.",
    TaxCategory.EXEMPT: "Steuerfrei.",
}

BY_LANGUAGE = {"en": ENGLISH, "de": GERMAN}


def legal_text(category: TaxCategory, language: str = "en") -> str:
    """The sentence for that category; English where we have none in that language, empty where none is needed."""
    return BY_LANGUAGE.get(language[:2].lower(), ENGLISH).get(category, "")
