"""Rules that sort new mail: what they ask, what they set, how they are saved and tried."""
