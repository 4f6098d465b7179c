"""Headers, cookies, error pages and the weight of a member's first page."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders

TEMPLATES = Path(__file__).parents[2]


def test_security_headers_stand_on_every_answer(kit: Any) -> None:
    for address in ("/desk/kit", "/desk/kit/nowhere", "/look?size=large"):
        headers = kit.get(address).headers
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("**/templates/**/*.html")), ids=lambda path: path.name)
def test_templates_carry_no_inline_style_or_script(template: Path) -> None:
    text = template.read_text()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:|hx-on|hx-vals=.js|https?://", text)
    assert not re.search(r"<script(?![^>]*src=)", text)


def test_stylesheets_use_tokens_for_every_colour() -> None:
    text = Path(str(finders.find("gonghui/components.css"))).read_text()
    paper = re.sub(r"(?m)^\.paper.*$|^@media print\{[\s\S]*\Z|^\.(ticket|m-card).*$", "", text)
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b", paper)


def test_look_sets_the_cookie_and_returns_only_to_this_site(kit: Any) -> None:
    answer = kit.get("/look?size=large&next=/desk/kit")
    assert answer["Location"] == "/desk/kit" and answer.cookies["size"].value == "large"
    assert 'data-size="large"' in kit.get("/desk/kit").content.decode()
    astray = kit.get("/look?size=huge&next=https://example.org/")
    assert astray["Location"] == "/" and "size" not in astray.cookies


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        ("400", 400, "没有任何记录被改动"),
        ("403", 403, "安福县总工会·基层工作部·经办"),
        ("404", 404, "按名称查找"),
        ("419", 403, "内容还在上一页"),
        ("429", 429, "1分钟后可以继续"),
        ("500", 500, "已全部撤回"),
    ],
)
def test_error_pages_say_what_is_kept_and_what_to_do(kit: Any, code: str, status: int, words: str) -> None:
    answer = kit.get(f"/desk/kit/{code}")
    assert answer.status_code == status
    assert words in answer.content.decode()


def test_error_of_a_partial_refresh_is_one_plain_sentence(kit: Any) -> None:
    answer = kit.get("/desk/kit/500", headers={"HX-Request": "true"})
    assert answer["Content-Type"].startswith("text/plain")
    assert "<" not in answer.content.decode()


def test_first_member_page_is_light(kit: Any) -> None:
    """60 KB of page, styles and scripts leave the member pages 40 KB of their own below the 100 KB limit."""
    page = kit.get("/desk/kit/phone").content
    weight = len(gzip.compress(page))
    parts = re.findall(r'(?:src|href)="/static/([^"]+)"', page.decode())
    assert {"gonghui/tokens.css", "gonghui/components.css", "gonghui/page.js", "gonghui/phone.js"} <= set(parts)
    for part in set(parts):
        weight += len(gzip.compress(Path(str(finders.find(part))).read_bytes()))
    assert weight <= 60 * 1024
