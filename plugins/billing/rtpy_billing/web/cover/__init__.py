"""The strip on every ticket that says who pays for work on it."""
