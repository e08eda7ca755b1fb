"""Looking after plugins: putting them on the list, checking them, making new ones and taking away their tables."""
