"""Changing many tickets in one step: tried first, each by the pipeline, with one mail for each person."""
