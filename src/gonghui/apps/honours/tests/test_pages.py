"""Pages of the desk and of the phone: who sees what, what may be done, what is kept when something is wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gonghui.apps.honours import printing
from gonghui.apps.honours.models import Campaign, Conferral
from gonghui.kernel.access.models import Account
from gonghui.kernel.factories import make_account
from gonghui.kernel.procedures.factories import officer

from .conftest import NOMINEE, Stage
from .test_walk import past


def client_of(viewer: Any) -> Client:
    made = Client()
    made.force_login(Account.objects.get(pk=viewer.account_id), backend="django.contrib.auth.backends.ModelBackend")
    return made


def test_a_campaign_shows_what_is_breached_by_whom(stage: Stage) -> None:
    for number in range(3):
        stage.nominate("honours.model_worker", stage.nominee(f"甲{number}"), **NOMINEE | {"post": "manager"})
    city = client_of(stage.publicity)
    page = city.get(reverse("honours:campaign", args=[stage.campaign.pk])).content.decode()
    assert "企业管理人员最多2名，已推荐3名，超出1名，须换下1名" in page and "甲2" in page
    assert "剩余7个名额中至少4个给一线职工" in page
    listed = city.get(reverse("honours:campaigns")).content.decode()
    assert "1项评选正在接受推荐" in listed and "1项不符" in listed


def test_a_county_sees_the_campaign_above_and_only_its_own_nominations(stage: Stage) -> None:
    stage.nominate("honours.model_worker", stage.nominee("甲一"), **NOMINEE)
    beside = client_of(officer(stage.tree.sibling_county, name="黄丽娟"))
    elsewhere = client_of(officer(stage.tree.other_county, name="别处"))
    address = reverse("honours:campaign", args=[stage.campaign.pk])
    assert "甲一" in client_of(stage.county).get(address).content.decode()
    page = beside.get(address)
    assert page.status_code == 200 and "甲一" not in page.content.decode()
    assert elsewhere.get(address).status_code == 404


def test_a_campaign_is_opened_and_changed_at_the_desk(stage: Stage) -> None:
    city, today = client_of(stage.publicity), timezone.localdate()
    data = {
        "kind": "craftsman_city", "year": today.year, "places": "3", "opens_on": today, "closes_on": today - timedelta(days=1),
        f"places_{stage.tree.county.pk}": "2",
    }  # fmt: skip
    wrong = city.post(reverse("honours:campaign-new"), data)
    assert wrong.status_code == 422 and "推荐截止日期早于开始日期" in wrong.content.decode()
    city.post(reverse("honours:campaign-new"), data | {"closes_on": today + timedelta(days=9)})
    row = Campaign.objects.get(kind="craftsman_city")
    assert row.county_places == {str(stage.tree.county.pk): 2}
    city.post(reverse("honours:campaign-edit", args=[row.pk]), {"places": "5", "closes_on": row.closes_on})
    row.refresh_from_db()
    assert (row.places, row.county_places) == (5, {})
    assert client_of(stage.county).get(reverse("honours:campaign-new")).status_code == 403


def test_a_past_honour_is_registered_for_the_one_member_of_that_name(stage: Stage) -> None:
    person, city = stage.nominee("钟招娣"), client_of(stage.publicity)
    data = {
        "kind": "model_worker_city", "year": "2019", "name": "钟招娣", "organisation": stage.tree.union.name,
        "issuer_name": "吉安市人民政府", "conferred_on": "2019-04-28", "document_no": "吉府字〔2019〕11号",
    }  # fmt: skip
    lost = city.post(reverse("honours:register-new"), data | {"organisation": "没有的工会"})
    assert lost.status_code == 422 and "没有这个名称的工会" in lost.content.decode()
    city.post(reverse("honours:register-new"), data)
    row = Conferral.objects.get()
    assert row.person == person and row.origin == "registered"
    for name, pk in (
        ("one", row.pk),
        ("certificate", row.pk),
        ("person", person.pk),
        ("organisation", stage.tree.union.pk),
    ):
        page = city.get(reverse(f"honours:{name}", args=[pk]))
        assert page.status_code == 200 and "钟招娣" in page.content.decode(), name
    assert "钟招娣" in city.get(reverse("honours:register")).content.decode()


def test_an_honour_is_revoked_at_the_desk(stage: Stage) -> None:
    row, city = past(stage, stage.nominee(), 2021), client_of(stage.publicity)
    short = city.post(reverse("honours:revoke", args=[row.pk]), {"reason": "无"})
    assert short.status_code == 422 and "写明撤销的理由" in short.content.decode()
    city.post(reverse("honours:revoke", args=[row.pk]), {"reason": "查实事迹材料不实"})
    row.refresh_from_db()
    assert row.revoked_on == timezone.localdate()
    assert "查实事迹材料不实" in city.get(reverse("honours:one", args=[row.pk])).content.decode()


def test_the_pdf_has_the_font_or_the_page_is_printed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    row, city = past(stage, stage.nominee(), 2021), client_of(stage.publicity)
    address = reverse("honours:certificate-pdf", args=[row.pk])
    monkeypatch.setattr(printing, "font", lambda: "")
    assert city.get(address).headers["Location"] == reverse("honours:certificate", args=[row.pk])
    monkeypatch.undo()
    if printing.font():
        made = city.get(address)
        assert made.headers["Content-Type"] == "application/pdf" and made.content.startswith(b"%PDF-")


def test_a_member_has_their_own_certificates(stage: Stage) -> None:
    person = stage.nominee()
    mine, other = past(stage, person, 2021), past(stage, stage.nominee("钟招娣"), 2021)
    phone = Client()
    phone.force_login(
        make_account("m-honour", person.name, "member", person), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert "市劳动模范" in phone.get(reverse("honours:own")).content.decode()
    assert phone.get(reverse("honours:own-certificate", args=[mine.pk])).status_code == 200
    assert phone.get(reverse("honours:own-certificate", args=[other.pk])).status_code == 404
    assert phone.get(reverse("honours:own-certificate-pdf", args=[other.pk])).status_code == 404


def test_the_text_of_a_code_is_checked_on_the_page(stage: Stage, client: Client) -> None:
    row = past(stage, stage.nominee(), 2021)
    good = client.post(reverse("honours:check"), {"text": f"https://x/#{row.certificate}"}).content.decode()
    assert "签名有效，荣誉有效" in good and "郭建平" in good
    body, _, signature = row.certificate.partition(".")
    bad = client.post(reverse("honours:check"), {"text": f"{body}.{'A' * 80}{signature[80:]}"}).content.decode()
    assert "签名无效" in bad and "郭建平" not in bad
    assert client.post(reverse("honours:check"), {"text": "别的文字"}).status_code == 422
    assert b"def main" in client.get(reverse("honours:script")).content
