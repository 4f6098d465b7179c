"""Template libraries of the visual language: `{% load gonghui %}`."""
