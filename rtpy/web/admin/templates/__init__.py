"""Templates of mails in the administration: listed, edited, previewed, their versions."""
