"""Drills: whoever changes an exported or stored trail is found out, and told where."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gonghui.kernel.trail import rules, verifier

START = datetime(2026, 3, 6, 8, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
Trail = tuple[list[bytes], list[verifier.Head], list[verifier.Head]]


def make_record(number: int, verb: str = "person.reveal") -> bytes:
    at = START + timedelta(seconds=number * 10)
    detail = '{"字段": "手机号码"}'
    values = (number, 1000 + number // 2, "00001", at, verb, 7, 8, "周敏", "organising", "person", str(number % 40),
              "", number % 40, "核对名册", detail, f"r{number}", False)  # fmt: skip
    return rules.canonical(values)


def seal_all(
    records: list[bytes],
    key: Ed25519PrivateKey = KEY,
    every: int = 30,
    name: str = "sha256",
) -> list[verifier.Head]:
    """Seals over `records` as the sealer would have made them, ending between transactions."""
    digest = rules.hash_named(name)
    frontier, seals, edge = rules.Frontier(digest), [], 0
    for begin in range(0, len(records), every):
        part = records[begin : begin + every]
        leaves = [rules.leaf_hash(digest, line) for line in part]
        for leaf in leaves:
            frontier.append(leaf)
        next_xid = json.loads(part[-1])["xid"] + 1
        sealed_at = rules.moment(START + timedelta(seconds=(begin + every) * 10 + 5))
        public = key.public_key().public_bytes_raw()
        head = verifier.Head(
            frontier.size,
            frontier.root(),
            edge,
            next_xid,
            sealed_at,
            name,
            public,
            b"",
            tuple(leaves),
        )
        seals.append(head._replace(signature=key.sign(head.text())))
        edge = next_xid
    return seals


def make_trail(count: int = 300, name: str = "sha256") -> Trail:
    records = [make_record(n) for n in range(count)]
    seals = seal_all(records, name=name)
    return records, seals, [seal._replace(leaves=None) for seal in seals]


def write(folder: Path, trail: Trail, *, with_heads: bool = True) -> list[Path]:
    records, seals, heads = trail
    (folder / "records.jsonl").write_bytes(b"".join(line + b"\n" for line in records))
    (folder / "seals.jsonl").write_text("".join(seal.line() + "\n" for seal in seals))
    paths = [folder / "records.jsonl", folder / "seals.jsonl"]
    if with_heads:
        (folder / "heads.jsonl").write_text("".join(head.line() + "\n" for head in heads))
        paths.append(folder / "heads.jsonl")
    return paths


def check(folder: Path, trail: Trail, *, with_heads: bool = True) -> verifier.Report:
    return verifier.verify(write(folder, trail, with_heads=with_heads))


@pytest.mark.parametrize("name", ["sha256", "sm3"])
def test_untouched_trail_passes(tmp_path: Path, name: str) -> None:
    report = check(tmp_path, make_trail(name=name))
    assert report.ok, report.text()
    assert (report.records, report.sealed, report.seals, report.heads) == (
        300,
        300,
        10,
        10,
    )


def test_records_after_the_last_seal_are_named_as_unsealed(tmp_path: Path) -> None:
    records, seals, heads = make_trail()
    report = check(tmp_path, ([*records, make_record(300), make_record(301)], seals, heads))
    assert report.ok
    assert "末尾2条尚未封存" in report.text()


def test_every_flipped_bit_is_found_at_its_record(tmp_path: Path) -> None:
    records, seals, heads = make_trail()
    chance = random.Random(20260306)
    for _ in range(60):
        index = chance.randrange(300)
        line = bytearray(records[index])
        line[chance.randrange(len(line))] ^= 1 << chance.randrange(8)
        changed = [*records]
        changed[index] = bytes(line)
        try:
            report = check(tmp_path, (changed, seals, heads))
        except verifier.Unreadable as problem:
            assert f"第{index + 1}行" in str(problem) or b"\n" in line or b"\r" in line
            continue
        assert not report.ok
        if b"\n" not in line and not bytes(line).endswith(b"\r"):
            assert any(f"第{index + 1}行" in fault for fault in report.faults), report.text()


def edited(line: bytes, **changes: object) -> bytes:
    data = json.loads(line) | changes
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def delete_one(records: list[bytes]) -> list[bytes]:
    return records[:140] + records[141:]


def insert_one(records: list[bytes]) -> list[bytes]:
    return [*records[:140], edited(records[139], id=9000), *records[140:]]


def swap_contents(records: list[bytes]) -> list[bytes]:
    """Two records exchange what they say but keep number and transaction."""
    a, b = json.loads(records[140]), json.loads(records[150])
    keep = ("id", "xid", "at")
    first = edited(records[150], **{k: a[k] for k in keep})
    second = edited(records[140], **{k: b[k] for k in keep}, reason="另一个理由")
    return [*records[:140], first, *records[141:150], second, *records[151:]]


def swap_lines(records: list[bytes]) -> list[bytes]:
    return [
        *records[:140],
        records[145],
        *records[141:145],
        records[140],
        *records[146:],
    ]


def back_date(records: list[bytes]) -> list[bytes]:
    return [
        *records[:140],
        edited(records[140], at="2026-01-01T00:00:00.000000Z"),
        *records[141:],
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (delete_one, "少了1条"),
        (insert_one, "多出1条"),
        (swap_contents, "封存后被改动"),
        (swap_lines, "调换"),
        (back_date, "倒填日期"),
    ],
)
@pytest.mark.parametrize("with_heads", [True, False])
def test_changed_records_are_found_even_without_outside_heads(
    tmp_path: Path,
    change: Callable[[list[bytes]], list[bytes]],
    said: str,
    with_heads: bool,
) -> None:
    records, seals, heads = make_trail()
    report = check(tmp_path, (change(records), seals, heads), with_heads=with_heads)
    assert not report.ok
    assert said in report.text()
    assert "第141行" in report.text() or "第140行" in report.text()


def test_record_slipped_in_behind_a_seal_is_found(tmp_path: Path) -> None:
    records, seals, heads = make_trail()
    late = edited(make_record(300), xid=1010)
    report = check(tmp_path, ([*records, late], seals, heads))
    assert any("补进已封存时段" in fault for fault in report.faults)


def test_back_dated_new_record_in_the_unsealed_tail_is_found(tmp_path: Path) -> None:
    records, seals, heads = make_trail()
    late = edited(make_record(300), at="2026-03-01T00:00:00.000000Z")
    assert "倒填日期" in check(tmp_path, ([*records, late], seals, heads)).text()


def test_cut_tail_is_found_by_outside_heads_only(tmp_path: Path) -> None:
    records, seals, heads = make_trail()
    cut: Trail = (records[:240], seals[:8], heads)
    assert check(tmp_path, cut, with_heads=False).ok  # nobody can know without the heads
    report = check(tmp_path, cut)
    assert not report.ok
    assert "尾部被截去" in report.text()


def test_records_cut_but_seals_left_is_found(tmp_path: Path) -> None:
    records, seals, heads = make_trail()
    assert "少了" in check(tmp_path, (records[:250], seals, heads), with_heads=False).text()


def test_everything_recomputed_with_the_stolen_key_is_found_by_outside_heads(
    tmp_path: Path,
) -> None:
    records, _, heads = make_trail()
    forged = [*records[:100], edited(records[100], reason="改过"), *records[101:]]
    trail: Trail = (forged, seal_all(forged), heads)
    report = check(tmp_path, trail)
    assert not report.ok
    assert "整体重做" in report.text()


def test_everything_recomputed_with_another_key_is_found(tmp_path: Path) -> None:
    records, _, heads = make_trail()
    trail: Trail = (records, seal_all(records, Ed25519PrivateKey.generate()), heads)
    assert "不是用登记的密钥签的" in check(tmp_path, trail).text()
    paths = write(tmp_path, trail, with_heads=False)
    pinned = verifier.verify(paths, [KEY.public_key().public_bytes_raw().hex()])
    assert not pinned.ok


def test_seal_removed_from_the_middle_is_found(tmp_path: Path) -> None:
    records, seals, heads = make_trail()
    assert "不衔接" in check(tmp_path, (records, [*seals[:4], *seals[5:]], heads)).text()


def test_signature_broken_is_found(tmp_path: Path) -> None:
    records, seals, heads = make_trail()
    broken = seals[6]._replace(signature=bytes(64))
    assert "签名无效" in check(tmp_path, (records, [*seals[:6], broken, *seals[7:]], heads)).text()


def test_record_and_leaf_changed_together_is_found(tmp_path: Path) -> None:
    records, seals, heads = make_trail()
    digest = rules.hash_named("sha256")
    forged = edited(records[65], reason="改过")
    leaves = list(seals[2].leaves or ())
    leaves[5] = rules.leaf_hash(digest, forged)
    trail: Trail = (
        [*records[:65], forged, *records[66:]],
        [*seals[:2], seals[2]._replace(leaves=tuple(leaves)), *seals[3:]],
        heads,
    )
    assert "记录和摘要都被改过" in check(tmp_path, trail).text()


def test_part_of_the_tree_proves_each_record(tmp_path: Path) -> None:
    records, seals, heads = make_trail()
    paths = write(tmp_path, (records, seals, heads))
    part = tmp_path / verifier.PART
    part.write_bytes(b"".join(line + b"\n" for line in records[::3]))
    report = verifier.verify([part, *paths[1:]])
    assert report.ok and report.records == 100
    part.write_bytes(edited(records[3], reason="改过") + b"\n")
    assert "第1行" in verifier.verify([part, *paths[1:]]).faults[0]


def test_stand_alone_file_prints_chinese_and_exit_code(tmp_path: Path) -> None:
    paths = [str(p) for p in write(tmp_path, make_trail(60))]
    alone = tmp_path / "verifier.py"
    alone.write_text(Path(verifier.__file__).read_text(encoding="utf-8"), encoding="utf-8")
    command = [sys.executable, "-I", "-S", str(alone)]
    good = subprocess.run([*command, *paths], capture_output=True, text=True, check=False)
    assert (good.returncode, "核验通过" in good.stdout) == (0, True), good.stdout + good.stderr
    records = Path(paths[0]).read_bytes().splitlines()
    Path(paths[0]).write_bytes(b"\n".join(delete_one(records)[:140] if len(records) > 150 else records[:-1]) + b"\n")
    bad = subprocess.run([*command, *paths], capture_output=True, text=True, check=False)
    assert (bad.returncode, "少了1条" in bad.stdout) == (1, True)
    Path(paths[1]).write_text("not json\n")
    assert subprocess.run([*command, *paths], capture_output=True, check=False).returncode == 2
    assert subprocess.run(command, capture_output=True, check=False).returncode == 2


def test_hundred_thousand_records_are_verified_fast(tmp_path: Path) -> None:
    records = [make_record(n) for n in range(100_000)]
    seals = seal_all(records, every=1000)
    paths = write(tmp_path, (records, seals, [s._replace(leaves=None) for s in seals]))
    begun = time.perf_counter()
    report = verifier.verify(paths)
    spent = time.perf_counter() - begun
    assert report.ok, report.text()
    assert spent < 20, f"{spent:.1f} s"
    print(f"100,000 records and 200 signatures in {spent:.2f} s")
