"""A shop's set-up as one TOML file: written out, read back, kept under version control (RT's initialdata)."""
