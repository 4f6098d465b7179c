"""Reads of places: for the desk, and for anybody."""
