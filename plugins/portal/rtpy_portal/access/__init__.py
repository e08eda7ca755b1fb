"""Who is here, by account or by key, and which requests they may see."""
