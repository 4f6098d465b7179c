"""A certificate is checked by anybody, with nothing but a file and the public key; what is revoked shows online."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from typer.testing import CliRunner, Result

from gonghui.apps.honours import certificates, services, verifier
from gonghui.apps.honours.models import Conferral
from gonghui.cli import app
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import take_scope

from .conftest import Stage
from .test_walk import past

SCRIPT = Path(verifier.__file__)


@pytest.fixture
def row(stage: Stage) -> Conferral:
    return past(stage, stage.nominee(), 2021)


def altered(certificate: str, **changes: str) -> str:
    body, _, signature = certificate.partition(".")
    said = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    raw = json.dumps(said | changes, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    return f"{base64.urlsafe_b64encode(raw).rstrip(b'=').decode()}.{signature}"


def test_it_is_verified_offline(row: Conferral) -> None:
    good, said = verifier.read(f"http://x/honours/verify/{row.token}/#{row.certificate}", certificates.public_key())
    assert good and said == {
        "honour": "市劳动模范", "name": "郭建平", "unit": row.unit_name, "by": "吉安市人民政府", "on": "2021-04-28",
        "doc": "吉府字〔2021〕11号", "no": row.number, "id": row.token,
    }  # fmt: skip


def test_what_was_altered_or_signed_by_others_is_refused(row: Conferral) -> None:
    key = certificates.public_key()
    assert verifier.read(row.certificate, key)[0]
    assert not verifier.read(altered(row.certificate, name="郭建萍"), key)[0]
    assert not verifier.read(altered(row.certificate, honour="全国劳动模范"), key)[0]
    body, _, signature = row.certificate.partition(".")
    assert not verifier.read(f"{body}.{'A' * 80}{signature[80:]}", key)[0]
    assert not verifier.read(row.certificate, "11" * 32)[0]
    for text in ("", "abc", "http://x/", "a.b", "#.", "é.é"):
        with pytest.raises(verifier.Unreadable):
            verifier.read(text, key)
    with pytest.raises(verifier.Unreadable):
        verifier.read(row.certificate, "no key")


def test_the_one_file_is_enough(row: Conferral, tmp_path: Path) -> None:
    alone = tmp_path / "verifier.py"
    alone.write_bytes(SCRIPT.read_bytes())

    def run(text: str) -> Any:
        command = [sys.executable, "-I", "-S", str(alone), text, certificates.public_key()]
        return subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=tmp_path, env={"PYTHONIOENCODING": "utf-8"}
        )

    good, bad, strange = run(row.certificate), run(altered(row.certificate, name="别人")), run("不是证书")
    assert (good.returncode, bad.returncode, strange.returncode) == (0, 1, 2)
    assert "授予：郭建平" in good.stdout and "签名无效" in bad.stdout and "别人" not in bad.stdout


def test_online_it_is_valid_until_it_is_revoked(row: Conferral, stage: Stage, client: Client) -> None:
    address = reverse("honours:verify", args=[row.token])
    page = client.get(address)
    assert page.status_code == 200 and "这份证书有效" in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"
    take_scope("", "~")  # the request has closed it
    services.revoke(stage.publicity, conferral_id=row.pk, reason="查实事迹材料不实")
    page = client.get(address).content.decode()
    assert "已经撤销" in page and "查实事迹材料不实" not in page
    assert client.get(reverse("honours:verify", args=["no-such-code"])).status_code == 404


def test_the_wall_shows_what_stands(row: Conferral, stage: Stage, client: Client) -> None:
    other = past(stage, stage.nominee("钟招娣"), 2022, "craftsman_city")
    assert [one.name for one in services_wall(client)] == ["钟招娣", "郭建平"]
    take_scope("", "~")
    services.revoke(stage.publicity, conferral_id=other.pk, reason="查实事迹材料不实")
    assert [one.name for one in services_wall(client)] == ["郭建平"]
    assert [one.name for one in services_wall(client, year="2022")] == []
    assert [one.name for one in services_wall(client, level="city", county=str(stage.tree.county.pk))] == ["郭建平"]
    assert [one.name for one in services_wall(client, county=str(stage.tree.sibling_county.pk))] == []
    assert client.get("/honours/", {"year": "abc", "level": "x", "county": "9" * 30}).status_code == 200


def services_wall(client: Client, **query: str) -> list[Conferral]:
    return list(client.get("/honours/", query).context["page"].object_list)


def test_what_is_not_public_stays_off_the_wall_and_is_still_verified(row: Conferral, client: Client) -> None:
    Conferral.objects.filter(pk=row.pk).update(on_wall=False)
    assert services_wall(client) == []
    assert client.get(reverse("honours:verify", args=[row.token])).status_code == 200


def test_nobody_without_the_permission_confers_or_revokes(row: Conferral, stage: Stage) -> None:
    for viewer in (stage.chair, stage.county, stage.city):
        with pytest.raises(Refusal, match="GH-HON-002"):
            services.revoke(viewer, conferral_id=row.pk, reason="查实事迹材料不实")


def test_the_command_verifies_too(row: Conferral) -> None:
    def run(text: str) -> Result:
        return CliRunner().invoke(app, ["honours", "verify", text, "--key", certificates.public_key()])

    assert (run(row.certificate).exit_code, run(altered(row.certificate, name="别人")).exit_code) == (0, 1)
    assert "授予：郭建平" in run(row.certificate).output
