"""What applicants see: the catalogue, a form, a tracking page; on the phone, without log-in, at the desk."""

from django.urls import URLPattern

urls: list[URLPattern] = []
