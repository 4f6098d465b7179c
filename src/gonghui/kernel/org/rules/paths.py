"""Arithmetic of tree paths: one label of five base-36 digits per organisation, from the root down.

Labels have one width and use 0-9a-z, so under byte order (COLLATE "C") a subtree is one range: everything that
begins with a path sorts below path + "~".
"""

from __future__ import annotations

WIDTH = 5
TOP = "~"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_LIMIT = 36**WIDTH


def label(number: int) -> str:
    """0000a for 10. Sixty million organisations fit.

    :raises ValueError: outside 0 … 36⁵-1.
    """
    if not 0 <= number < _LIMIT:
        raise ValueError(f"no label for {number}")
    digits = []
    for _ in range(WIDTH):
        number, rest = divmod(number, 36)
        digits.append(_DIGITS[rest])
    return "".join(reversed(digits))


def number_of(one_label: str) -> int:
    """The id behind a label."""
    if len(one_label) != WIDTH or not set(one_label) <= set(_DIGITS):
        raise ValueError(f"not a label: {one_label!r}")
    return int(one_label, 36)


def join(parent_path: str, number: int) -> str:
    """Path of an organisation under a parent; the root's parent is ""."""
    return parent_path + label(number)


def subtree(path: str) -> tuple[str, str]:
    """Half-open range [lo, hi) of a path and all below it."""
    return path, path + TOP


def is_within(path: str, root: str) -> bool:
    return path.startswith(root)


def parent_of(path: str) -> str:
    return path[:-WIDTH]


def depth(path: str) -> int:
    """1 for the root."""
    return len(path) // WIDTH


def ancestors(path: str) -> list[str]:
    """Paths from the root down to the parent; breadcrumbs in order."""
    return [path[:end] for end in range(WIDTH, len(path), WIDTH)]


def ids(path: str) -> list[int]:
    """Organisation ids from the root down to the path itself."""
    return [number_of(path[start : start + WIDTH]) for start in range(0, len(path), WIDTH)]


def moved(path: str, old_root: str, new_root: str) -> str:
    """Where a path lies after its subtree's root has moved.

    :raises ValueError: the path is not below the old root, or the new root lies inside the old one.
    """
    if not is_within(path, old_root) or (new_root != old_root and is_within(new_root, old_root)):
        raise ValueError("a subtree cannot be moved into itself")
    return new_root + path[len(old_root) :]
