"""What officers see: inbox, step, application, due list, public notices, delegation."""

from django.urls import URLPattern

urls: list[URLPattern] = []
