"""Definitions shipped as data: regions, code lists, scenarios, and what later parts add."""
