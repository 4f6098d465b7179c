"""Files: kept once under their digest, opened only in range, looks at personal data on the trail."""

from __future__ import annotations

import hashlib
import io

import pytest
from django.core.files.storage import default_storage

from gonghui.kernel.factories import viewer_at
from gonghui.kernel.files import queries, services
from gonghui.kernel.models import StoredFile, TrailRecord
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import take_scope_of
from gonghui.kernel.viewer import SYSTEM


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    """Files of a test go with the test."""
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": backend, "OPTIONS": {"location": tmp_path}}}
    return tmp_path


def keep(tree, content=b"\x25PDF", name="批复.pdf", actor=SYSTEM, **more):
    return services.store(
        actor,
        path=tree.union.path,
        name=name,
        kind="document",
        content=content,
        content_type="application/pdf",
        **more,
    )


def test_store_and_open_give_the_same_bytes(tree, tmp_path):
    content = b"x" * 3_000_001
    for given in (content, io.BytesIO(content), tmp_path / "given"):
        if given == tmp_path / "given":
            given.write_bytes(content)
        stored = keep(tree, given)
        assert (stored.size, stored.sha256) == (len(content), hashlib.sha256(content).hexdigest())
        with services.open_file(SYSTEM, stored) as opened:
            assert opened.read() == content


def test_equal_bytes_are_kept_once_and_never_half(tree, storage):
    first = keep(tree)
    place = storage / services.place_of(first.sha256)
    place.write_bytes(b"%P")  # what a killed copy would have left
    second = keep(tree, name="../../批\x00复\u202e.pdf")
    assert place.read_bytes() == b"\x25PDF"
    assert [p for p in storage.rglob("*") if p.is_file()] == [place]
    assert second.name == "....批复.pdf" and StoredFile.objects.count() == 2


def test_open_refuses_outside_the_range(tree):
    stored = keep(tree)
    other = viewer_at(tree.other_city)
    for scope in (SYSTEM, other):
        take_scope_of(scope)
        with pytest.raises(Refusal) as caught:
            services.open_file(other, stored)
        assert caught.value.code == "GH-FIL-002"
        with pytest.raises(Refusal) as caught:
            queries.stored_file(other, stored.pk)
        assert caught.value.code == "GH-FIL-002"
    with pytest.raises(Refusal) as caught:
        keep(tree, actor=other)
    assert caught.value.code == "GH-FIL-001"


def test_look_at_personal_file_goes_on_the_trail_without_its_name(tree):
    stored = keep(tree, name="刘细妹名册.xlsx", personal=True)
    services.open_file(SYSTEM, stored).close()
    services.open_file(SYSTEM, keep(tree)).close()
    records = TrailRecord.objects.filter(object_type="file", object_id=str(stored.pk)).order_by("pk")
    assert [(r.verb, r.object_name) for r in records] == [("file.stored", ""), ("file.opened", "")]
    assert TrailRecord.objects.filter(verb="file.opened").count() == 1


def test_missing_bytes_are_said_to_be_missing(tree):
    stored = keep(tree)
    default_storage.delete(services.place_of(stored.sha256))
    with pytest.raises(Refusal) as caught:
        services.open_file(SYSTEM, stored)
    assert caught.value.code == "GH-FIL-003"


def test_odd_ids_are_answered(tree):
    for odd in ("", "x", "0", "../etc"):
        with pytest.raises(Refusal):
            queries.stored_file(SYSTEM, odd)
    assert queries.files(SYSTEM, kind="document").count() == 0
