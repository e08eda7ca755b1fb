"""From rows to `price()` and back: whatever changes work, agreements or rates calls it in the same transaction."""
