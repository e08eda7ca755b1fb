"""Pages about rights: who holds what, why, and how it looks to somebody else."""
