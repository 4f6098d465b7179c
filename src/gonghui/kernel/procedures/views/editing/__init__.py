"""Definitions: list, form builder, step editor, check, simulation, difference, packs, the printed page."""

from django.urls import URLPattern

urls: list[URLPattern] = []
