"""The pages about organisations, that is client companies."""
