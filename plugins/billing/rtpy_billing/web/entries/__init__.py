"""Pages of work entries: list, log, change, correct."""
