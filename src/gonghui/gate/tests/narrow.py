"""A gate with a waiting room for ten."""

from __future__ import annotations

from dataclasses import replace

from gonghui.gate.app import Gate
from gonghui.gate.settings import load

app = Gate(replace(load(), most_waiting=10, batch=10))
