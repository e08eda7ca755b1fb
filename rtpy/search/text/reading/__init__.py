"""The text of attached documents, read within limits of time, memory and length."""
