"""Known issues: written by staff, shared with whom they affect, never showing a request."""
