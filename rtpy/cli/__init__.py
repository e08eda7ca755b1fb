"""The command line: one command a file; `main` finds them by name."""
