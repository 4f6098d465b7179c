"""Takes the pictures of the documentation: ten main pages on a desk and on a phone, as they look today."""

from __future__ import annotations

import base64
import re
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .conftest import DESKTOP, PHONE, Open
from .rosters import UNION
from .site import ROOT, Site

PLACE = ROOT / "docs" / "screenshots"
SIZES = {"desktop": DESKTOP, "phone": PHONE}
MOST = 150_000
SHOTS = (
    ("desk-home", "zhoumin", "/desk/"),
    ("organisations", "zhoumin", "/desk/organisations/"),
    ("tree", "liuchunlan", "/desk/organisations/tree/"),
    ("organisation", "liuchunlan", "/desk/organisations/{union}/"),
    ("members", "liuchunlan", "/desk/members/"),
    ("person", "liuchunlan", "/desk/people/{person}/"),
    ("roster-preview", "liuchunlan", "/desk/rosters/{roster}/"),
    ("vitality", "liuchunlan", "/desk/vitality/"),
    ("member-home", "19900000001", "/m/"),
    ("member-card", "19900000001", "/m/card/"),
)


def settle(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")


PALETTE = """async picture => {
  const image = await createImageBitmap(await (await fetch('data:image/png;base64,' + picture)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height), pen = canvas.getContext('2d');
  pen.drawImage(image, 0, 0);
  const pixels = new Uint32Array(pen.getImageData(0, 0, image.width, image.height).data.buffer), counts = new Map();
  for (const one of pixels) counts.set(one, (counts.get(one) || 0) + 1);
  const split = one => [one & 255, one >> 8 & 255, one >> 16 & 255];
  const shades = new Map();  // one colour for each small region of the colour space, so that rare hues stay
  for (const [one, count] of counts) { const [r, g, b] = split(one), key = r >> 4 << 8 | g >> 4 << 4 | b >> 4, known = shades.get(key);
    if (!known) shades.set(key, { one, most: count, count }); else { known.count += count; if (count > known.most) { known.most = count; known.one = one; } } }
  const colours = [...shades.values()].sort((a, b) => b.count - a.count).slice(0, 256).map(shade => split(shade.one));
  const nearest = new Map(), out = new Uint8Array(pixels.length);
  const find = one => { const [r, g, b] = split(one); let best = 0, least = 1e9;
    colours.forEach(([x, y, z], at) => { const far = (r - x) ** 2 + (g - y) ** 2 + (b - z) ** 2; if (far < least) { least = far; best = at; } });
    return best; };
  pixels.forEach((one, at) => { let index = nearest.get(one); if (index === undefined) nearest.set(one, index = find(one)); out[at] = index; });
  let text = '';
  for (let at = 0; at < out.length; at += 32768) text += String.fromCharCode(...out.subarray(at, at + 32768));
  return [image.width, image.height, colours, btoa(text)];
}"""


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def palette_png(painter: Page, raw: bytes) -> bytes:
    """The same picture in its 256 most frequent colours, a third of the size: text on plain ground has few."""
    width, height, colours, text = painter.evaluate(PALETTE, base64.b64encode(raw).decode())
    pixels = base64.b64decode(text)
    lines = b"".join(b"\0" + pixels[at * width : (at + 1) * width] for at in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", head),
            chunk(b"PLTE", bytes(value for colour in colours for value in colour)),
            chunk(b"IDAT", zlib.compress(lines, 9)),
            chunk(b"IEND", b""),
        )
    )


def keep(page: Page, painter: Page, name: str) -> Path:
    """One picture at single scale."""
    file = PLACE / f"{name}.png"
    file.write_bytes(palette_png(painter, page.screenshot(animations="disabled", caret="hide")))
    return file


@pytest.fixture(scope="module")
def stage(site: Site, browser: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """A roster that is looked through and a review that found what the scenario says."""
    context = browser.new_context(viewport=DESKTOP, base_url=site.url, locale="zh-CN")
    page = context.new_page()
    page.goto("/login/")
    page.get_by_label("用户名").fill("liuchunlan")
    page.get_by_label("密码", exact=True).fill("Gonghui-2026")
    page.get_by_role("button", name="登录", exact=True).click()
    page.goto("/desk/vitality/")
    page.get_by_role("button", name="开展活力体检").click()
    expect(page.get_by_text("新列入").first).to_be_visible(timeout=60_000)
    page.goto("/desk/rosters/new")
    page.get_by_label("导入到").fill(UNION)
    page.get_by_label("名册文件").set_input_files(ROOT / "docs" / "tutorial" / "roster-20.xlsx")
    page.get_by_role("button", name="上传并读取").click()
    page.get_by_role("button", name="确认，检查每一行").click(timeout=60_000)
    page.get_by_role("button", name="导入17行").wait_for(timeout=60_000)
    roster = int(re.findall(r"/rosters/(\d+)/", page.url)[0])
    context.close()
    person = site.one("SELECT person_id FROM account WHERE name = '刘细妹' AND kind = 'member'")
    return {"union": site.organisation(UNION), "person": int(person), "roster": roster}


@pytest.mark.parametrize("size", SIZES)
def test_pictures_of_the_main_pages(
    stage: dict[str, int], staff: Open, member: Open, stranger: Open, size: str
) -> None:
    PLACE.mkdir(parents=True, exist_ok=True)
    painter = stranger()
    painter.goto("about:blank")
    pages: dict[str, Page] = {}
    for name, who, path in SHOTS:
        if who not in pages:
            pages[who] = (member if who.isdigit() else staff)(who, SIZES[size])
        page = pages[who]
        page.goto(path.format(**stage))
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways"
        file = keep(page, painter, f"{name}.{size}")
        assert file.stat().st_size <= MOST, f"{file.name}: {file.stat().st_size:,} bytes"
