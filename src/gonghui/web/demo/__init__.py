"""The demonstration: the city of the Ji'an scenario at its real size, made anew from a seed, people generated."""

from .load import load

__all__ = ["load"]
