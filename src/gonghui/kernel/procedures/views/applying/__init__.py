"""What applicants see: the catalogue, a form, a tracking page; on the phone, without log-in, and at the desk on behalf."""

from django.urls import URLPattern

urls: list[URLPattern] = []
