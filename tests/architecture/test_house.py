"""Every part says what it is, and no page asks a foreign host for anything."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

from django.conf import settings

from gonghui.kernel.manifest import Manifest
from gonghui.web.registry import PARTS

SOURCE = Path(__file__).resolve().parents[2] / "src" / "gonghui"
KERNEL = ("org", "people", "access", "rules", "procedures", "files", "trail", "messages")

NAMESPACES = ("http://www.w3.org/",)
"""Names of XML vocabularies look like addresses and are never asked for."""

_ADDRESS = re.compile(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}[^\s\"'<>)]*", re.IGNORECASE)
_LOADS = re.compile(
    r"""(?:src|srcset|poster|action|formaction|data-src|ping)\s*=\s*["']?\s*(?P<a>(?:https?:)?//[^\s"'>]+)"""
    r"""|<link\b[^>]*href\s*=\s*["']?(?P<b>(?:https?:)?//[^\s"'>]+)"""
    r"""|(?:@import|url\()\s*["']?(?P<c>(?:https?:)?//[^\s"')]+)""",
    re.IGNORECASE,
)


def _parts() -> list[Path]:
    return [
        *sorted((SOURCE / "apps").glob("*/apps.py")),
        *(SOURCE / "kernel" / part / "__init__.py" for part in KERNEL),
    ]


def test_every_part_has_a_readme_and_a_manifest() -> None:
    homes = [path.parent for path in _parts()]
    assert len(homes) >= 10
    assert [str(home.relative_to(SOURCE)) for home in homes if not (home / "README.md").is_file()] == []
    assert [str(home.relative_to(SOURCE)) for home in homes if not (home / "manifest.py").is_file()] == []
    short = [home.name for home in homes if len((home / "README.md").read_text("utf-8")) < 200]
    assert short == [], "a README tells the work in the union's words: what it does, states, roles"


def test_every_app_is_plugged_in() -> None:
    apps = {f"gonghui.apps.{path.parent.name}" for path in (SOURCE / "apps").glob("*/apps.py")}
    assert apps <= set(PARTS)
    for part in PARTS:
        assert isinstance(import_module(f"{part}.manifest").MANIFEST, Manifest), part


def test_verbs_of_the_manifests_do_not_contradict() -> None:
    seen: dict[str, tuple[str, str]] = {}
    for part in PARTS:
        for verb, words in import_module(f"{part}.manifest").MANIFEST.verbs.items():
            assert seen.setdefault(verb, (words, part))[0] == words, f"{verb}: {part} and {seen[verb][1]}"


def test_templates_and_stylesheets_load_nothing_from_a_foreign_host() -> None:
    files = [p for kind in ("html", "css", "svg", "webmanifest") for p in SOURCE.rglob(f"*.{kind}")]
    assert len(files) > 60
    found = []
    for path in files:
        text = path.read_text("utf-8")
        found += [
            f"{path.relative_to(SOURCE)}: {hit[0]}"
            for hit in _ADDRESS.finditer(text)
            if not hit[0].startswith(NAMESPACES)
        ]
    assert found == []


def test_scripts_ask_no_foreign_host() -> None:
    """Addresses in vendored scripts stand in comments and messages; what would be fetched is looked for."""
    fetches = re.compile(
        r"""(?:fetch|open|import|importScripts|src\s*=|EventSource|WebSocket|sendBeacon)\s*\(?\s*["'`](?:https?:|wss?:)?//"""
    )
    scripts = list(SOURCE.rglob("*.js"))
    assert scripts
    assert [str(p.relative_to(SOURCE)) for p in scripts if fetches.search(p.read_text("utf-8"))] == []


def test_the_watch_for_foreign_hosts_sees_them() -> None:
    for text in (
        '<script src="https://cdn.example.com/x.js">',
        '<link rel=icon href="//cdn.example.cn/x">',
        "@import url(http://a.example.com/f.css)",
    ):
        assert _ADDRESS.search(text) and _LOADS.search(text)


def test_the_worker_knows_the_jobs_of_every_part_of_the_kernel() -> None:
    """Apps are looked through by themselves; the kernel is one application, whose parts are named one by one."""
    found = {f"gonghui.kernel.{path.parent.name}.jobs" for path in (SOURCE / "kernel").glob("*/jobs.py")}
    assert found == set(settings.PROCRASTINATE_IMPORT_PATHS)
