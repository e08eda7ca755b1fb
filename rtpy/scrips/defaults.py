"""The scrips, conditions, actions and templates of a fresh installation, read from etc/initialdata.toml."""

from sqlalchemy.orm import Session

from rtpy.app import App


def load_defaults(db: Session, app: App) -> None:
    """Put the first scrips into an empty database; flushes nothing, commits nothing."""
