"""Custom fields on pages: their inputs, what was posted, and their values as shown."""
