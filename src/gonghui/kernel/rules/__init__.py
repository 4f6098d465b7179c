"""Dated, local rules and the calendar that their deadlines count in."""
