"""Reads of procedures."""
