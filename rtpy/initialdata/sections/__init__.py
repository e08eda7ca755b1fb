"""The sections of a set-up file, one kind of thing a module."""
