"""Books, chapters and pages on the core's articles: written, published, found, asked about."""
