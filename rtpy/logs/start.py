"""Beginning the log of a process."""

import logging
import sys

from rtpy.config import Config
from rtpy.logs.lines import JsonLines, OwnDetails, TextLines
from rtpy.logs.secrets import keep_out, secrets_of


def start_logging(config: Config) -> None:
    """Send the log of this process to standard error, as the options of the section `log` say."""
    keep_out(secrets_of(config))
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if config.log.format == "json" else TextLines())
    handler.addFilter(OwnDetails(config.plugins))
    logging.basicConfig(level=config.log.level.upper(), handlers=[handler])
    logging.captureWarnings(True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
