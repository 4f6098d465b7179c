"""Tests of the visual foundation: tags, lists, middleware and the style page."""
