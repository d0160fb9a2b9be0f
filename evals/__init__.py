"""Measure the assistant against reference questions."""
