"""Reports about money and time: each reads, adds up, and says what it could not count."""
