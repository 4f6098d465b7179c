"""Background work of the composition root: the business of the demonstration, after the first page is there."""

from __future__ import annotations

from datetime import date

from django.db import connection
from procrastinate.contrib.django import app


@app.task(name="demo.year", queue="default", lock="demo.year")
def fill_year(today: str, seed: int) -> None:
    """A year of business; a second run changes nothing."""
    from .demo.year import run_year  # an installation without a demonstration never needs it

    try:
        run_year(date.fromisoformat(today), seed)
    finally:
        connection.close()
