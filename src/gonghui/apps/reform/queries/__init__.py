"""Reads of plans, pilots, supervision and what the reform is known by; the first argument is who looks."""
