"""Real figures of union years, reproduced: a city is made, its work is done by the services, then it is counted."""

from .facts import Fact, facts
from .run import SCENARIOS, produce

__all__ = ["SCENARIOS", "Fact", "facts", "produce"]
