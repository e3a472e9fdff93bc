"""Corpora for the privacy guard: what must be caught, and what must pass."""
