"""Asking: what can be asked, the form, what happens next."""
