"""The organisation, its people, its money and its reports."""
