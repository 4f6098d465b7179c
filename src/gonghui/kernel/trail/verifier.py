"""Checks an exported trail without the platform: this one file and Python's standard library are enough.

    python verifier.py records.jsonl seals.jsonl [heads.jsonl ...] [--key PUBLIC_KEY_IN_HEX]

It recomputes the tree of RFC 6962 over all records, compares it with every seal, checks the signatures (Ed25519),
and compares with the heads that were kept outside. Exit code 0: nothing was changed; 1: something was; 2: unreadable.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

# --- hashes -----------------------------------------------------------------------------------------------------

Hash = Callable[[bytes], bytes]


def _sm3_pure(data: bytes) -> bytes:
    """GB/T 32905, for Python builds whose OpenSSL lacks it."""
    mask = 0xFFFFFFFF

    def rol(x: int, n: int) -> int:
        n %= 32
        return ((x << n) | (x >> (32 - n))) & mask

    state = [
        0x7380166F,
        0x4914B2B9,
        0x172442D7,
        0xDA8A0600,
        0xA96F30BC,
        0x163138AA,
        0xE38DEE4D,
        0xB0FB0E4E,
    ]
    padded = data + b"\x80" + b"\0" * (-(len(data) + 9) % 64) + (len(data) * 8).to_bytes(8, "big")
    for at in range(0, len(padded), 64):
        w = [int.from_bytes(padded[at + i : at + i + 4], "big") for i in range(0, 64, 4)]
        for j in range(16, 68):
            x = w[j - 16] ^ w[j - 9] ^ rol(w[j - 3], 15)
            w.append((x ^ rol(x, 15) ^ rol(x, 23)) ^ rol(w[j - 13], 7) ^ w[j - 6])
        a, b, c, d, e, f, g, h = state
        for j in range(64):
            t = 0x79CC4519 if j < 16 else 0x7A879D8A
            ss1 = rol((rol(a, 12) + e + rol(t, j)) & mask, 7)
            ss2 = ss1 ^ rol(a, 12)
            ff = a ^ b ^ c if j < 16 else (a & b) | (a & c) | (b & c)
            gg = e ^ f ^ g if j < 16 else (e & f) | (~e & mask & g)
            tt1 = (ff + d + ss2 + (w[j] ^ w[j + 4])) & mask
            tt2 = (gg + h + ss1 + w[j]) & mask
            a, b, c, d, e, f, g, h = (
                tt1,
                a,
                rol(b, 9),
                c,
                tt2 ^ rol(tt2, 9) ^ rol(tt2, 17),
                e,
                rol(f, 19),
                g,
            )
        state = [x ^ y for x, y in zip(state, (a, b, c, d, e, f, g, h), strict=True)]
    return b"".join(x.to_bytes(4, "big") for x in state)


def hash_named(name: str) -> Hash:
    """`sha256`, or `sm3` under the profile of national algorithms."""
    if name == "sha256":
        return lambda data: hashlib.sha256(data).digest()
    if name != "sm3":
        raise ValueError(f"不认识的摘要算法 {name}")
    if "sm3" in hashlib.algorithms_available:
        return lambda data: hashlib.new("sm3", data).digest()
    return _sm3_pure


def leaf_hash(digest: Hash, record: bytes) -> bytes:
    return digest(b"\x00" + record)


def node_hash(digest: Hash, left: bytes, right: bytes) -> bytes:
    return digest(b"\x01" + left + right)


class Frontier:
    """The right edge of the tree: one hash for each set bit of its size, which is all that appending needs."""

    def __init__(self, digest: Hash, size: int = 0, nodes: Iterable[bytes] = ()) -> None:
        self.digest, self.size, self.nodes = digest, size, list(nodes)
        if len(self.nodes) != size.bit_count():
            raise ValueError("frontier does not fit its size")

    def append(self, leaf: bytes) -> None:
        size = self.size
        while size & 1:
            leaf = self.digest(b"\x01" + self.nodes.pop() + leaf)
            size >>= 1
        self.nodes.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        if not self.nodes:
            return self.digest(b"")
        root = self.nodes[-1]
        for node in reversed(self.nodes[:-1]):
            root = node_hash(self.digest, node, root)
        return root

    def copy(self) -> Frontier:
        return Frontier(self.digest, self.size, self.nodes)


# --- signatures: Ed25519 of RFC 8032, verification only -------------------------------------------------------------

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_I = pow(2, (_P - 1) // 4, _P)
Point = tuple[int, int, int, int]


def _decompress(data: bytes) -> Point | None:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _I % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = _P - x
    return (x, y, 1, x * y % _P)


def _add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % _P, (p[1] + p[0]) * (q[1] + q[0]) % _P
    c, d = 2 * p[3] * q[3] * _D % _P, 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _times(n: int, p: Point) -> Point:
    result: Point = (0, 1, 1, 0)
    while n:
        if n & 1:
            result = _add(result, p)
        p = _add(p, p)
        n >>= 1
    return result


_BASE = _decompress((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))


def ed25519_valid(public: bytes, message: bytes, signature: bytes) -> bool:
    """True when `signature` over `message` was made with the private half of `public`."""
    if len(public) != 32 or len(signature) != 64 or _BASE is None:
        return False
    a, r, s = (
        _decompress(public),
        _decompress(signature[:32]),
        int.from_bytes(signature[32:], "little"),
    )
    if a is None or r is None or s >= _L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _L
    left, right = _times(s, _BASE), _add(r, _times(k, a))
    return (left[0] * right[2] - right[0] * left[2]) % _P == 0 and (left[1] * right[2] - right[1] * left[2]) % _P == 0


# --- what is read -------------------------------------------------------------------------------------------------


class Head(NamedTuple):
    """A signed head of the tree; a seal is a head with the leaves it added."""

    size: int
    root: bytes
    first_xid: int
    next_xid: int
    sealed_at: str
    hash: str
    public_key: bytes
    signature: bytes
    leaves: tuple[bytes, ...] | None = None

    def text(self) -> bytes:
        """What is signed."""
        parts = (
            "gonghui trail head 1",
            self.hash,
            self.size,
            self.root.hex(),
            self.first_xid,
            self.next_xid,
            self.sealed_at,
        )
        return "\n".join(map(str, parts)).encode()

    def is_signed(self) -> bool:
        return ed25519_valid(self.public_key, self.text(), self.signature)

    @classmethod
    def read(cls, line: str) -> Head:
        data = json.loads(line)
        leaves = base64.b64decode(data["leaves"]) if "leaves" in data else None
        return cls(
            size=int(data["size"]),
            root=bytes.fromhex(data["root"]),
            first_xid=int(data["first_xid"]),
            next_xid=int(data["next_xid"]),
            sealed_at=str(data["sealed_at"]),
            hash=str(data["hash"]),
            public_key=bytes.fromhex(data["public_key"]),
            signature=bytes.fromhex(data["signature"]),
            leaves=None if leaves is None else tuple(leaves[i : i + 32] for i in range(0, len(leaves), 32)),
        )

    def as_dict(self) -> dict[str, Any]:
        data: dict[str, Any] = {
            "size": self.size,
            "root": self.root.hex(),
            "first_xid": self.first_xid,
            "next_xid": self.next_xid,
            "sealed_at": self.sealed_at,
            "hash": self.hash,
            "public_key": self.public_key.hex(),
            "signature": self.signature.hex(),
        }
        if self.leaves is not None:
            data["leaves"] = base64.b64encode(b"".join(self.leaves)).decode()
        return data

    def line(self) -> str:
        return json.dumps(self.as_dict(), separators=(",", ":"), sort_keys=True)


class Row(NamedTuple):
    """One line of records.jsonl; the line itself is what was hashed."""

    number: int
    raw: bytes
    id: int
    xid: int
    at: str
    verb: str

    @classmethod
    def read(cls, number: int, raw: bytes) -> Row:
        data = json.loads(raw)
        return cls(
            number,
            raw,
            int(data["id"]),
            int(data["xid"]),
            str(data["at"]),
            str(data["verb"]),
        )

    def named(self) -> str:
        return f"第{self.number}行（编号{self.id}，{self.at}，{self.verb}）"


@dataclass
class Report:
    """What was found; `faults` names the first bad record first."""

    records: int = 0
    sealed: int = 0
    seals: int = 0
    heads: int = 0
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.faults

    def text(self) -> str:
        lines = [
            f"记录{self.records}条，其中{self.sealed}条已封存；封存{self.seals}次，外部留存的封存头{self.heads}个。"
        ]
        lines += [f"说明：{note}" for note in self.notes]
        if self.ok:
            lines.append("核验通过：已封存的记录没有增、删、改、调换。")
        else:
            lines += [f"发现问题：{fault}" for fault in self.faults[:20]]
            if len(self.faults) > 20:
                lines.append(f"另有{len(self.faults) - 20}处问题没有列出。")
            lines.append("核验不通过。")
        return "\n".join(lines)


SIGNATURES_CHECKED = 400
"""Every seal is bound by the newest signature through the tree; in pure Python one check takes milliseconds."""
_SKEW = 86400.0
_FEW_SKEW = 300.0


def _seconds(moment: str) -> float:
    """Seconds of 2026-11-21T03:31:12.123456Z since an arbitrary day; only differences matter."""
    return datetime.fromisoformat(moment).timestamp()


class _Check:
    """One run over records and seals in step."""

    def __init__(self, seals: list[Head], heads: list[Head], keys: set[bytes], part: bool = False) -> None:
        self.seals, self.heads, self.keys, self.part = seals, heads, keys, part
        self.report = Report(seals=len(seals), heads=len(heads))
        self.digest = hash_named(seals[0].hash if seals else "sha256")
        self.frontier = Frontier(self.digest)
        self.wanted = {head.size for head in heads}
        self.roots = {0: self.frontier.root()}
        self.last: tuple[int, int] = (-1, -1)

    def fault(self, text: str) -> None:
        self.report.faults.append(text)

    def run(self, rows: Iterator[Row]) -> Report:
        self.check_chain()
        self.check_signatures()
        waiting = next(rows, None)
        before: Head | None = None
        for number, seal in enumerate(self.seals, 1):
            taken: list[Row] = []
            while waiting is not None and waiting.xid < seal.next_xid:
                self.check_order(waiting, seal.first_xid)
                self.check_time(waiting, before, seal)
                taken.append(waiting)
                waiting = next(rows, None)
            self.report.records += len(taken)
            if not self.close(number, seal, taken):
                self.fault(f"第{number}次封存之后的内容都建立在它之上，没有继续核对")
                return self.report
            before = seal
        rest = 0
        while waiting is not None:
            self.check_order(waiting, self.seals[-1].next_xid if self.seals else 0)
            self.check_time(waiting, before, None)
            rest += 1
            waiting = next(rows, None)
        self.report.records += rest
        if rest:
            self.report.notes.append(f"末尾{rest}条尚未封存，不在这次核验的保护之内")
        self.check_heads()
        if self.part:
            self.report.notes.append("这是一个范围内的导出：能证明其中每条没有改动，不能证明没有少")
        return self.report

    def check_chain(self) -> None:
        size = edge = 0
        for number, seal in enumerate(self.seals, 1):
            count = -1 if seal.leaves is None else len(seal.leaves)
            if seal.first_xid != edge or seal.next_xid <= seal.first_xid:
                self.fault(f"第{number}次封存（{seal.sealed_at}）与前一次不衔接：中间的封存被删去或改动")
            elif seal.size - size != count:
                self.fault(f"第{number}次封存（{seal.sealed_at}）的条数与所附摘要不符")
            if seal.hash != self.seals[0].hash:
                self.fault(f"第{number}次封存换了摘要算法")
            size, edge = seal.size, seal.next_xid

    def check_signatures(self) -> None:
        known = self.keys or {head.public_key for head in self.heads}
        checked = self.seals[-SIGNATURES_CHECKED:]
        for head in [*checked, *self.heads[-SIGNATURES_CHECKED:]]:
            if known and head.public_key not in known:
                self.fault(f"{head.sealed_at}的封存不是用登记的密钥签的：{head.public_key.hex()[:16]}…")
            elif not head.is_signed():
                self.fault(f"{head.sealed_at}的封存签名无效")
        if len(self.seals) > len(checked):
            self.report.notes.append(f"较早的{len(self.seals) - len(checked)}次封存由其后的签名一并证明，未逐个验签")
        if not known:
            self.report.notes.append("没有外部留存的封存头或公钥，只能证明这份导出前后一致")

    def check_order(self, row: Row, first_xid: int) -> None:
        if row.xid < first_xid:
            self.fault(f"{row.named()}是补进已封存时段的，或被挪了位置")
        elif (row.xid, row.id) <= self.last:
            self.fault(f"{row.named()}与前一行的先后被调换或重复")
        self.last = (row.xid, row.id)

    def check_time(self, row: Row, before: Head | None, seal: Head | None) -> None:
        """A transaction may run for hours, so its records may be older than the seal before them; not by days."""
        try:
            at = _seconds(row.at)
        except ValueError:
            self.fault(f"{row.named()}的时间读不出来")
            return
        if before and at < _seconds(before.sealed_at) - _SKEW:
            self.fault(f"{row.named()}的时间早于它之前的封存（{before.sealed_at}），像是倒填日期")
        if seal and at > _seconds(seal.sealed_at) + _FEW_SKEW:
            self.fault(f"{row.named()}的时间晚于它自己的封存（{seal.sealed_at}）")

    def close(self, number: int, seal: Head, taken: list[Row]) -> bool:
        """Compare the records of one seal with what was sealed; False when the seal itself cannot be trusted."""
        actual = [leaf_hash(self.digest, row.raw) for row in taken]
        sealed = list(seal.leaves or ())
        if self.extended(sealed).root() == seal.root:
            if self.part:
                known = set(sealed)
                for row, leaf in zip(taken, actual, strict=True):
                    if leaf not in known:
                        self.fault(f"{row.named()}不在第{number}次封存里：封存后被改动，或是补进来的")
            elif actual != sealed:
                self.fault(_difference(number, seal, taken, actual, sealed))
            leaves, good = sealed, True
        elif not self.part and self.extended(actual).root() == seal.root:
            self.fault(f"第{number}次封存（{seal.sealed_at}）所附的摘要被改动，记录本身与封存一致")
            leaves, good = actual, True
        else:
            self.fault(
                f"第{number}次封存（{seal.sealed_at}）的根与它涵盖的{len(taken)}条记录对不上：记录和摘要都被改过"
            )
            return False
        for leaf in leaves:
            self.frontier.append(leaf)
            if self.frontier.size in self.wanted:
                self.roots[self.frontier.size] = self.frontier.root()
        self.report.sealed = self.frontier.size
        return good

    def extended(self, leaves: list[bytes]) -> Frontier:
        longer = self.frontier.copy()
        for leaf in leaves:
            longer.append(leaf)
        return longer

    def check_heads(self) -> None:
        for head in sorted(set(self.heads), key=lambda h: h.size):
            if head.size > self.frontier.size:
                self.fault(
                    f"外部留存的封存头（{head.sealed_at}）有{head.size}条，这份导出只封存到{self.frontier.size}条：尾部被截去"
                )
                return
            if self.roots.get(head.size) != head.root:
                self.fault(f"与外部留存的封存头（{head.sealed_at}，{head.size}条）不一致：在它之前的记录被整体重做过")
                return


def _difference(number: int, seal: Head, taken: list[Row], actual: list[bytes], sealed: list[bytes]) -> str:
    """The first bad record of one seal, and what was done to it."""
    first = next(
        (i for i, (a, s) in enumerate(zip(actual, sealed, strict=False)) if a != s),
        min(len(actual), len(sealed)),
    )
    others = sum(a != s for a, s in zip(actual, sealed, strict=False)) - 1
    where = f"第{number}次封存（{seal.sealed_at}）"
    if len(actual) < len(sealed):
        spot = f"在{taken[first].named()}之前" if first < len(taken) else "在它的末尾"
        return f"{where}少了{len(sealed) - len(actual)}条，第一处{spot}"
    if len(actual) > len(sealed):
        return f"{where}多出{len(actual) - len(sealed)}条，第一条是{taken[first].named()}"
    more = f"，同一次封存里另有{others}条不符" if others > 0 else ""
    if sorted(actual) == sorted(sealed):
        return f"{taken[first].named()}与别的记录调换了位置{more}"
    return f"{taken[first].named()}封存后被改动{more}"


# --- reading files ------------------------------------------------------------------------------------------------


PART = "records-part.jsonl"
"""Name of the records when somebody whose post covers a part of the tree exports them."""


class Unreadable(Exception):
    """A file is missing or is not what it should be."""


def _rows(stream: io.BufferedIOBase) -> Iterator[Row]:
    for number, line in enumerate(stream, 1):
        raw = line.rstrip(b"\r\n")
        if not raw:
            continue
        try:
            yield Row.read(number, raw)
        except (ValueError, KeyError, TypeError):
            raise Unreadable(f"记录第{number}行读不出来，文件可能被截断或改坏") from None


def _heads(stream: io.BufferedIOBase, name: str) -> list[Head]:
    found = []
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            found.append(Head.read(line.decode()))
        except (ValueError, KeyError, TypeError):
            raise Unreadable(f"{name}第{number}行读不出来，文件可能被截断或改坏") from None
    return found


def _kind(name: str, first: bytes) -> str:
    """What a file holds, by its name or else its first line, so that the order of arguments does not matter."""
    for kind in ("records", "seals", "heads"):
        if Path(name).name.startswith(kind):
            return kind
    if not first.strip():
        return "empty"
    try:
        data = json.loads(first)
    except ValueError:
        return "unknown"
    if not isinstance(data, dict):
        return "unknown"
    return "records" if "verb" in data else "seals" if "leaves" in data else "heads" if "root" in data else "unknown"


def _opened(path: Path) -> list[tuple[str, Callable[[], Any]]]:
    """Name and opener of each readable member: the file itself, or the lines inside an exported zip."""
    if path.suffix.lower() != ".zip":
        return [(path.name, lambda: path.open("rb"))]
    archive = zipfile.ZipFile(path)

    def opener(name: str) -> Callable[[], Any]:
        return lambda: archive.open(name)

    return [(name, opener(name)) for name in archive.namelist() if name.endswith(".jsonl")]


def verify(paths: Iterable[str | Path], keys: Iterable[str] = ()) -> Report:
    """Check exported files: records, seals, and any number of files of heads that were kept outside.

    :param paths: .jsonl files in any order, or the zip of an export.
    :param keys: public keys in hex that are known from outside; without them those of the outside heads count.
    :raises Unreadable: a file is missing or damaged.
    """
    records: Callable[[], Any] | None = None
    part = False
    seals: list[Head] = []
    heads: list[Head] = []
    try:
        for path in map(Path, paths):
            for name, opener in _opened(path):
                with opener() as stream:
                    kind = _kind(name, stream.readline())
                if kind == "records":
                    records, part = opener, name.endswith(PART)
                elif kind in ("seals", "heads"):
                    with opener() as stream:
                        (seals if kind == "seals" else heads).extend(_heads(stream, name))
                elif kind == "unknown":
                    raise Unreadable(f"{name}不是留痕导出的文件")
        check = _Check(
            sorted(seals, key=lambda s: s.next_xid),
            heads,
            {bytes.fromhex(key) for key in keys},
            part,
        )
        if records is None:
            return check.run(iter(()))
        with records() as stream:
            return check.run(_rows(stream))
    except (OSError, zipfile.BadZipFile) as error:
        raise Unreadable(f"读不了文件：{error}") from None


def main(arguments: list[str]) -> int:
    keys, paths = [], []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--key":
            keys.append(next(rest, ""))
        else:
            paths.append(argument)
    if not paths:
        print("用法：python verifier.py records.jsonl seals.jsonl [heads.jsonl …] [--key 公钥]")
        return 2
    try:
        report = verify(paths, keys)
    except (Unreadable, ValueError) as problem:
        print(f"没有核验：{problem}")
        return 2
    print(report.text())
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
