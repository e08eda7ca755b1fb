"""Prepaid balances as ledgers: what is drawn from which grant, by worked date. Pure: values in, values out."""
