"""Makes the sites, the objects and the visitors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

from django.db import transaction

from gonghui.kernel.figures import services as figures
from gonghui.kernel.models import Organisation
from gonghui.kernel.scope import take_scope, take_seat

from .actors import Actor, Visitor, actors, make_visitors
from .cells import World, learn_forms
from .objects import make_objects, make_shared
from .places import make_sites

Powerful = Callable[[Organisation], AbstractContextManager[Visitor]]


def make_world(powerful: Powerful | None, wanted: Iterable[Actor] | None = None) -> World:
    """Runs inside the caller's transaction and leaves it without a scope.

    :param powerful: opens a visitor who may everything, to read the forms of the pages; without it forms are not read.
    """
    take_scope("", "~")
    take_seat("*", None)  # confidential matters are made by who takes part in them
    root, sites = make_sites()
    objects = {key: make_objects(site, sites) for key, site in sites.items()}
    shared = make_shared(sites)
    visitors = make_visitors(actors() if wanted is None else wanted, sites)
    world = World(root, sites, objects, shared, visitors)
    figures.fill()
    figures.drain()  # kept, as they are on a machine that runs: else pages of figures count each from the records
    world.forget()
    if powerful is not None:
        with transaction.atomic():
            take_scope("", "~")
            with powerful(root) as visitor:
                world.forget()
                learn_forms(world, visitor)
            transaction.set_rollback(True)
        world.forget()
    return world
