"""Procedures: a definition, applications that run by it, tiers that review them, notices, decisions, clocks."""
