"""Pages of files, payment orders and cases: what the team sees, what stays masked, what others get."""

from __future__ import annotations

import pytest
from django.test import Client

from gonghui.apps.casework.models import Aid, Case, Claimant, HardshipFile
from gonghui.kernel.access.models import Account
from gonghui.kernel.procedures.factories import officer
from gonghui.kernel.scope import take_scope_of
from gonghui.kernel.viewer import SYSTEM, Viewer

from .conftest import Team, today
from .test_walks import ARREARS, granted


def client_of(viewer: Viewer) -> Client:
    take_scope_of(SYSTEM)
    client = Client()
    client.force_login(Account.objects.get(pk=viewer.account_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def said(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


@pytest.fixture
def county(team: Team) -> Client:
    return client_of(team.county)


def test_files_name_nobody_in_the_list_and_show_the_reason(team: Team, county: Client) -> None:
    team.filed()
    file = HardshipFile.objects.get()
    listed = said(county, "/desk/cases/files/")
    assert "当事人信息已隐去" in listed and "刘细妹" not in listed and "深度困难1户" in listed
    assert "导出" not in listed[listed.index("<main") :]
    page = said(county, f"/desk/cases/files/{file.pk}/")
    assert "余姚市2024年标准1255元" in page and "（收入－支出）÷3人÷12个月＝500.00元" in page
    assert "刘*妹" in page and "刘小军" not in page and "****0123" in page and "6228480" not in page


def test_a_payment_is_noted_on_its_page(team: Team, county: Client) -> None:
    team.filed()
    aid = granted(team)
    assert "待支付1笔12,550.00元" in said(county, "/desk/cases/aids/")
    address = f"/desk/cases/aids/{aid.pk}/"
    assert county.post(address, {"act": "pay", "voucher": "", "on": today().isoformat()}).status_code == 422
    assert county.post(address, {"act": "pay", "voucher": "回单0001", "on": today().isoformat()}).status_code == 302
    take_scope_of(SYSTEM)
    assert Aid.objects.get().state == "paid"
    assert "回单0001" in said(county, address)


def test_a_case_shows_its_clocks_and_what_came_back(team: Team, county: Client) -> None:
    team.approve(team.county, team.hand_in("casework.arrears", ARREARS))
    case = Case.objects.get()
    claimants = list(Claimant.objects.order_by("pk"))
    address = f"/desk/cases/rights/{case.pk}/"
    page = said(county, address)
    assert "申请仲裁的时效" in page and "2027-09-30" in page and "32,000.50" in page
    assert "王*生" in page and "王大生" not in page
    typed = {"act": "recover", "claimant": str(claimants[1].pk), "recovered": "9800.50", "on": today().isoformat()}
    assert county.post(address, typed).status_code == 302
    assert "9,800.50" in said(county, address)
    assert "欠薪3人，主张32,000.50元，已追回9,800.50元" in said(county, "/desk/cases/rights/")
    filed = {"act": "advance", "stage": "filed", "on": today().isoformat(), "words": ""}
    assert county.post(address, filed).status_code == 302
    assert "仲裁委受理或不予受理" in said(county, address)
    assert county.post(address, filed).status_code == 422  # not what comes next
    assert county.post(address, {"act": "nonsense"}).status_code == 302


def test_what_is_not_of_the_team_is_not_there(team: Team) -> None:
    team.filed()
    aid = granted(team)
    team.approve(team.county, team.hand_in("casework.arrears", ARREARS))
    addresses = [f"files/{HardshipFile.objects.get().pk}/", f"aids/{aid.pk}/", f"rights/{Case.objects.get().pk}/"]
    for body in (team.tree.city, team.tree.sibling_county):
        other = client_of(officer(body, "rights", "别处"))
        assert [other.get(f"/desk/cases/{address}").status_code for address in addresses] == [404, 404, 404]
        assert "DA0" not in said(other, "/desk/cases/files/")
        assert "待支付0笔0.00元" in said(other, "/desk/cases/aids/")
        assert "没有登记的欠薪" in said(other, "/desk/cases/rights/")
