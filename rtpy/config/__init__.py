"""Configuration: `load_config()` reads it, `Config` is what everything else gets."""

from rtpy.config.config import Config
from rtpy.config.load import BadConfig, load_config, read_plugin_options

__all__ = ["BadConfig", "Config", "load_config", "read_plugin_options"]
