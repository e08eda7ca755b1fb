"""Prepaid balances as rows: reading them into ledgers, drawing for pricing, freezing what was invoiced."""
