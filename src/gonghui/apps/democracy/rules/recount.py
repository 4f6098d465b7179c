"""Recounting a secret ballot: the standard library alone, so that anybody can run it on what was published.

    python recount.py ballot.json

A vote counts when its signature fits the ballot's public key: the union signs one blinded value for each voter and
never sees the token, so a signature proves the right to vote and names nobody. Nobody can make one for somebody
else, and one token counts once.

用法：python recount.py ballot.json  只用 Python 标准库，按公布的数据重新计票。
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

YES, NO, ABSTAIN = "yes", "no", "abstain"
DECIDE, ELECT = "decide", "elect"
PUBLIC_EXPONENT = 65537


def digest(ballot: str, token: str, modulus: int) -> int:
    """The full-domain hash of a token of one ballot: MGF1 with SHA-256, one bit shorter than the modulus."""
    bits = modulus.bit_length()
    size, seed, made = (bits + 7) // 8, f"gonghui-ballot|{ballot}|{token}".encode(), b""
    for counter in range((size + 31) // 32):
        made += hashlib.sha256(seed + counter.to_bytes(4, "big")).digest()
    return int.from_bytes(made[:size], "big") & ((1 << (bits - 1)) - 1)


def genuine(ballot: str, token: str, signature: int, modulus: int) -> bool:
    """Whether the union's key of this ballot signed this token."""
    return 1 < signature < modulus and pow(signature, PUBLIC_EXPONENT, modulus) == digest(ballot, token, modulus)


def well_formed(kind: str, options: Sequence[str], seats: int, choice: Sequence[str]) -> bool:
    """One of yes, no, abstain; or up to as many candidates as there are seats, each once; none is an abstention."""
    if len(set(choice)) != len(choice) or any(one not in options for one in choice):
        return False
    return len(choice) == 1 if kind == DECIDE else len(choice) <= seats


def tally(options: Sequence[str], votes: Iterable[Sequence[str]], paper: Mapping[str, int]) -> dict[str, int]:
    """How often each option was chosen, paper ballots with the others."""
    counts = {key: int(paper.get(key, 0)) for key in options}
    for choice in votes:
        for key in choice:
            counts[key] += 1
    return counts


def enough(part: int, whole: int, share: Fraction) -> bool:
    """At least a share: 2/3 of 7 is 5."""
    return whole > 0 and part * share.denominator >= whole * share.numerator


def more_than(part: int, whole: int, share: Fraction) -> bool:
    """More than a share: half of 8 is not more than half."""
    return whole > 0 and part * share.denominator > whole * share.numerator


def winners(counts: Mapping[str, int], seats: int, electorate: int, majority: Fraction) -> list[str]:
    """Who is elected: more than the share of all, the most votes first; those level at the last seat are not."""
    able = sorted(
        (key for key, count in counts.items() if more_than(count, electorate, majority)), key=lambda key: -counts[key]
    )
    if len(able) <= seats:
        return able
    line = counts[able[seats]]
    return [key for key in able[:seats] if counts[key] > line]


def outcome(data: Mapping[str, Any]) -> dict[str, Any]:
    """Counts and result of a published ballot, checked vote by vote.

    :raises ValueError: something published cannot be right; the sentence says what.
    """
    modulus, ballot = int(data["modulus"], 16), str(data["ballot"])
    options, kind, seats = [one["key"] for one in data["options"]], str(data["kind"]), int(data["seats"])
    seen: set[str] = set()
    for vote in data["votes"]:
        if vote["token"] in seen:
            raise ValueError(f"凭证重复：{vote['token'][:8]}")
        seen.add(vote["token"])
        if not genuine(ballot, vote["token"], int(vote["signature"], 16), modulus):
            raise ValueError(f"签名不对：{vote['token'][:8]}")
        if not well_formed(kind, options, seats, vote["choice"]):
            raise ValueError(f"选择不对：{vote['token'][:8]}")
    if len(seen) > int(data["issued"]):
        raise ValueError(f"收到{len(seen)}张，只发出{data['issued']}张")
    counts = tally(options, (vote["choice"] for vote in data["votes"]), data["paper"])
    electorate, majority = int(data["electorate"]), Fraction(data["majority"])
    papers = int(data["paper_ballots"])
    made: dict[str, Any] = {
        "counts": counts,
        "votes": len(seen) + papers,
        "present": enough(int(data["present"]), electorate, Fraction(data["quorum"])),
    }
    if kind == DECIDE:
        made["passed"] = made["present"] and more_than(counts[YES], electorate, majority)
    else:
        made["elected"] = winners(counts, seats, electorate, majority) if made["present"] else []
    return made


def main(path: str) -> int:
    with open(path, encoding="utf-8") as opened:
        data = json.load(opened)
    try:
        made = outcome(data)
    except ValueError as wrong:
        print(f"核对不上：{wrong}")
        return 1
    titles = {one["key"]: one["title"] for one in data["options"]}
    print(f"{data['question']}\n应到{data['electorate']}，收到{made['votes']}张")
    for key, count in made["counts"].items():
        print(f"  {titles[key]}：{count}")
    if data["kind"] == DECIDE:
        print("结果：通过" if made["passed"] else "结果：未通过")
    else:
        print("当选：" + ("、".join(titles[key] for key in made["elected"]) or "没有"))
    agrees = made["counts"] == data["counts"]
    print("与公布的一致" if agrees else "与公布的不一致")
    return 0 if agrees else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
