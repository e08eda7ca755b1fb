"""Every hook of this plugin, each a line or two: its table of contents."""
