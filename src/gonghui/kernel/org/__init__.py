"""Organisations: the union tree, its kinds, groups, twins and history."""
