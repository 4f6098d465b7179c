#!/usr/bin/env python3
"""摇号复算：用公布的名单和种子重新算一遍结果。只用 Python 标准库，不连任何网络。

用法  python3 recompute.py 摇号公示.txt [签号]

The platform draws with this very file, and anybody may run it over the published file. How it works:

1. The terms stand in one line: sessions with their places, how many may wait, what adds tickets, who puts what into
   the seed. After it each applicant stands as `tag tickets shares choices`. Terms and list were locked together and
   their SHA-256 was published before anybody could know the seed; neither changes afterwards.
2. The seed is the SHA-256 of that digest, what every witness revealed (committed to before the list was locked; a
   witness who does not reveal counts with the commitment, one who never committed does not count), and a public value
   fixed in advance.
3. Every ticket is the number SHA-256(seed, tag, ticket's number). An applicant's number is the smallest of theirs, so
   three tickets are exactly three chances in the hat. Applicants are served from the smallest number up.
4. Whoever is served gets the first of their choices with a place left: in a share reserved for them, else in the
   general places. Who may not have a place when their turn comes (a limit used up elsewhere meanwhile, the household's
   share, an interval) is passed over: the published file names these tags, their owners read the reason, the place
   falls to the next. Those left over wait in the same order.

Draws of the first format (gonghui-draw-1) have no line of terms in their digest and nobody who was passed over.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, TextIO

FORMER, FORMAT = "gonghui-draw-1", "gonghui-draw-2"
GENERAL = "-"
TERMS = ("number", "outside", "sessions", "waits", "weights")
"""What is locked together with the list, besides the witnesses with their commitments."""

Entry = tuple[str, int, tuple[str, ...], tuple[str, ...]]
"""(tag: 32 hex digits, tickets, shares that the applicant may use, sessions in the order wished)."""
Place = tuple[str, str, str]
"""(tag, session, share)."""


def line_of(entry: Entry) -> str:
    tag, tickets, shares, choices = entry
    return f"{tag} {tickets} {','.join(shares) or '-'} {','.join(choices)}"


def entry_of(line: str) -> Entry:
    tag, tickets, shares, choices = line.split(" ")
    return tag, int(tickets), () if shares == "-" else tuple(shares.split(",")), tuple(choices.split(","))


def terms_line(header: dict[str, Any]) -> str:
    """The line of terms out of the published header; empty for the first format."""
    if header.get("format") == FORMER:
        return ""
    terms = {name: header[name] for name in TERMS}
    terms["parties"] = [{"title": one["title"], "commitment": one["commitment"]} for one in header["parties"]]
    return json.dumps(terms, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def list_digest(entries: Iterable[Entry], terms: str = "") -> str:
    """SHA-256 of the line of terms and of the applicants' lines in the order of their tags."""
    digest = hashlib.sha256(terms.encode())
    for entry in entries:
        digest.update(line_of(entry).encode() + b"\n")
    return digest.hexdigest()


def commitment(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


def seed_of(digest: str, parties: list[dict[str, str]], outside_value: str, form: str = FORMAT) -> str:
    """The seed from the digest, the witnesses who committed in their order, and the public value.

    :raises ValueError: a witness revealed something else than was committed to.
    """
    parts = [form, digest]
    for party in parties:
        value = party.get("value", "")
        if value and commitment(value) != party["commitment"]:
            raise ValueError(f"{party['title']}揭示的内容与承诺值不符")
        if value or party["commitment"]:
            parts.append(value or party["commitment"])
    parts.append(outside_value)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def number_of(seed: bytes, tag: str, tickets: int) -> bytes:
    """The smallest ticket of an applicant: 32 bytes, compared as a number."""
    start = seed + bytes.fromhex(tag)
    sha256 = hashlib.sha256
    best = sha256(start + b"\0\0\0\0").digest()
    for ticket in range(1, tickets):
        number = sha256(start + ticket.to_bytes(4, "big")).digest()
        if number < best:
            best = number
    return best


def in_order(seed: str, entries: Iterable[Entry]) -> list[tuple[bytes, Entry]]:
    """Applicants with their numbers, from the smallest up."""
    raw = bytes.fromhex(seed)
    return sorted((number_of(raw, entry[0], entry[1]), entry) for entry in entries)


def nobody(tag: str) -> bool:
    """Nobody is passed over."""
    return False


def serve(
    order: Iterable[tuple[bytes, Entry]],
    capacity: dict[tuple[str, str], int],
    waits: int,
    passed: Callable[[str], bool] = nobody,
) -> tuple[list[Place], list[str], dict[str, str]]:
    """Serve applicants one after the other.

    :param capacity: (session, share) → places; the share "-" is open to everybody.
    :param passed: whether a tag whose turn it is may not have a place; asked of nobody else.
    :returns: places given, tags that wait in their order (at most `waits`), "session share" → last number served.
    """
    left, total = dict(capacity), sum(capacity.values())
    places: list[Place] = []
    waiting: list[str] = []
    last: dict[str, str] = {}
    for number, (tag, _, shares, choices) in order:
        given = None
        if total:
            for session in choices:
                for share in (*shares, GENERAL):
                    if left.get((session, share), 0) > 0:
                        given = (session, share)
                        break
                if given:
                    break
        if given:
            if passed(tag):
                continue
            left[given] -= 1
            total -= 1
            places.append((tag, *given))
            last[" ".join(given)] = number.hex()
        elif len(waiting) < waits:
            waiting.append(tag)
        elif not total:
            break
    return places, waiting, last


def draw(
    seed: str,
    entries: Iterable[Entry],
    capacity: dict[tuple[str, str], int],
    waits: int,
    passed: Callable[[str], bool] = nobody,
) -> tuple[list[Place], list[str], dict[str, str]]:
    """Serve applicants in the order of their numbers, as `serve` says."""
    return serve(in_order(seed, entries), capacity, waits, passed)


def result_lines(places: list[Place], waiting: list[str], passed: Collection[str] = ()) -> Iterator[str]:
    for tag, session, share in places:
        yield f"{tag} {session} {share}"
    for rank, tag in enumerate(waiting, 1):
        yield f"{tag} 候补 {rank}"
    for tag in sorted(passed):
        yield f"{tag} 跳过"


def result_digest(places: list[Place], waiting: list[str], passed: Collection[str] = ()) -> str:
    digest = hashlib.sha256()
    for line in result_lines(places, waiting, passed):
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def capacity_of(header: dict[str, Any]) -> dict[tuple[str, str], int]:
    return {
        (session["key"], share["key"]): share["capacity"]
        for session in header["sessions"]
        for share in session["shares"]
    }


def read(stream: TextIO) -> tuple[dict[str, Any], list[Entry]]:
    """The header (first line, JSON) and the applicants (a line each)."""
    header = json.loads(stream.readline())
    if header.get("format") not in (FORMER, FORMAT):
        raise ValueError("不是摇号公示文件")
    return header, [entry_of(line.rstrip("\n")) for line in stream if line.strip()]


def check(header: dict[str, Any], entries: list[Entry]) -> tuple[list[str], list[Place], list[str]]:
    """What does not agree with what was published, in Chinese, and the result as recomputed."""
    wrong = []
    if [entry[0] for entry in entries] != sorted({entry[0] for entry in entries}):
        wrong.append("名单里有重复的签号，或没有按签号排序")
    if list_digest(entries, terms_line(header)) != header["list_digest"]:
        wrong.append("名单、名额或种子的来源与锁定时公布的摘要不符")
    if not header["seed"]:
        return wrong, [], []
    try:
        seed = seed_of(header["list_digest"], header["parties"], header["outside_value"], header["format"])
    except ValueError as error:
        wrong.append(str(error))
        seed = header["seed"]
    if seed != header["seed"]:
        wrong.append("种子与公布的来源不符")
    passed = set(header.get("passed", []))
    places, waiting, _ = draw(
        header["seed"], entries, capacity_of(header), header["waits"], passed.__contains__
    )  # fmt: skip
    if result_digest(places, waiting, passed) != header["result_digest"]:
        wrong.append("结果与公布的不符")
    return wrong, places, waiting


def main(arguments: list[str]) -> int:
    if not arguments:
        print(__doc__)
        return 2
    with open(arguments[0], encoding="utf-8") as stream:
        header, entries = read(stream)
    wrong, places, waiting = check(header, entries)
    passed = header.get("passed", [])
    skipped = f"，轮到但按规则没有给{len(passed)}人" if passed else ""
    done = f"分到{len(places)}人，候补{len(waiting)}人{skipped}" if header["seed"] else "还没有摇号"
    print(f"{header['title']}：报名{len(entries)}人，{done}")
    print(f"名单摘要 {list_digest(entries, terms_line(header))}")
    if header["seed"]:
        print(f"种子 {header['seed']}\n结果摘要 {result_digest(places, waiting, passed)}")
    if len(arguments) > 1:
        tag = arguments[1].strip().lower()
        titles = {session["key"]: session["title"] for session in header["sessions"]}
        found = next((titles.get(session, session) for one, session, _ in places if one == tag), "")
        rank = waiting.index(tag) + 1 if tag in waiting else 0
        known = any(entry[0] == tag for entry in entries)
        lost = "轮到了，按规则没有给名额" if tag in passed else "未分到" if header["seed"] else "在名单里"
        rest = f"候补第{rank}位" if rank else lost if known else "不在名单里"
        print(f"{tag}：{f'分到“{found}”' if found else rest}")
    for one in wrong:
        print(f"不符：{one}")
    print("与公布的不一致" if wrong else "全部一致")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
