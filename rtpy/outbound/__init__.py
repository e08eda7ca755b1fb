"""Connections that rtpy opens to addresses which somebody typed: only to where they may go."""
