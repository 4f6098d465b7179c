"""A city and what stands below it, with a station in a town and those who keep it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from gonghui.apps.places import services
from gonghui.apps.places.models import Place
from gonghui.kernel.factories import Tree, make_post, viewer_at
from gonghui.kernel.models import Post
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer


def jpeg() -> bytes:
    """A photograph lying on its side, with what a phone writes into it, and something behind its end."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "GPS 27.3930,114.6201"
    out = io.BytesIO()
    Image.new("RGB", (40, 20), (180, 40, 40)).save(out, "JPEG", exif=exif, comment=b"GPS27.39")
    return out.getvalue() + b"GPS behind the end"


PICTURE = jpeg()
FACTS: dict[str, Any] = {
    "kind": "outdoor", "name": "枫田镇户外劳动者驿站", "host": "street", "township": "枫田镇", "address": "枫田镇车田街12号",
    "lon": "114.6201", "lat": "27.3930", "area": 30, "offered": ["water", "aircon", "microwave"],
    "workday": "08:00-18:00", "weekend": "09:00-17:00",
}  # fmt: skip


@dataclass
class Stage:
    tree: Tree
    city: Viewer
    county: Viewer
    keeper: Viewer
    sibling: Viewer
    union: Viewer
    today: date

    def day(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def station(self, *, days: int = 100, **more: Any) -> Place:
        """An open station of the town, kept by the town's own office."""
        return services.register(
            self.county, organisation=self.tree.township, opened_on=self.day(-days), **FACTS | more
        )

    def post(self, viewer: Viewer) -> Post:
        return Post.objects.get(pk=viewer.post_id)


@pytest.fixture
def stage(tree: Tree) -> Iterator[Stage]:
    with acting(SYSTEM):
        yield Stage(
            tree,
            viewer_at(tree.city, username="place-city"),
            viewer_at(tree.county, username="place-county"),
            viewer_at(tree.township, username="place-town"),
            viewer_at(tree.sibling_county, username="place-sibling"),
            viewer_at(tree.union, "grassroots_chair", "place-union"),
            timezone.localdate(),
        )


__all__ = ["FACTS", "PICTURE", "Stage", "make_post", "stage"]
