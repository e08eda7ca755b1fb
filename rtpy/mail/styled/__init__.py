"""How a mail looks as HTML: one frame for all, made of the same words as its text."""
