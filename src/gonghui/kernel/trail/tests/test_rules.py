"""The tree agrees with another implementation of RFC 6962 and with the signatures of another library."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pymerkle import InmemoryTree

from gonghui.kernel.trail import rules, verifier

SHA = rules.hash_named("sha256")
ENTRIES = [f"record {n}".encode() for n in range(70)]
LEAVES = [rules.leaf_hash(SHA, entry) for entry in ENTRIES]


def test_root_at_every_size_equals_pymerkle() -> None:
    tree = InmemoryTree(algorithm="sha256")
    frontier = rules.Frontier(SHA)
    assert frontier.root() == hashlib.sha256(b"").digest()
    for entry, leaf in zip(ENTRIES, LEAVES, strict=True):
        tree.append_entry(entry)
        frontier.append(leaf)
        assert frontier.root() == tree.get_root()


def test_frontier_continues_from_what_was_stored() -> None:
    first = rules.Frontier(SHA)
    for leaf in LEAVES[:37]:
        first.append(leaf)
    second = rules.Frontier(SHA, first.size, first.nodes)
    for leaf in LEAVES[37:]:
        second.append(leaf)
    assert second.root() == rules.root_of(SHA, LEAVES)


def test_frontier_with_missing_node_is_refused() -> None:
    with pytest.raises(ValueError):
        rules.Frontier(SHA, 3, [LEAVES[0]])


def test_inclusion_path_equals_pymerkle_and_leads_to_root() -> None:
    tree = InmemoryTree(algorithm="sha256")
    for entry in ENTRIES:
        tree.append_entry(entry)
    for size in (1, 2, 3, 7, 8, 33, 70):
        root = tree.get_root(size)
        for index in range(size):
            path = rules.inclusion_path(SHA, LEAVES[:size], index)
            theirs = tree.prove_inclusion(index + 1, size).path
            assert path == theirs[1:]
            assert rules.root_of_inclusion(SHA, LEAVES[index], index, size, path) == root
            assert rules.root_of_inclusion(SHA, LEAVES[index - 1], index, size, path) != root or size == 1


def test_consistency_path_leads_to_both_roots() -> None:
    for new in range(1, 41):
        for old in range(1, new + 1):
            path = rules.consistency_path(SHA, LEAVES[:new], old)
            before = rules.root_of(SHA, LEAVES[:old])
            assert rules.roots_of_consistency(SHA, old, new, before, path) == (
                before,
                rules.root_of(SHA, LEAVES[:new]),
            )


def test_consistency_of_a_changed_beginning_fails() -> None:
    changed = [rules.leaf_hash(SHA, b"other"), *LEAVES[1:20]]
    path = rules.consistency_path(SHA, changed, 11)
    before = rules.root_of(SHA, LEAVES[:11])
    roots = rules.roots_of_consistency(SHA, 11, 20, before, path)
    assert roots is None or roots[0] != before


def test_signature_of_cryptography_is_accepted_and_any_flipped_bit_refused() -> None:
    key = Ed25519PrivateKey.generate()
    public, message = key.public_key().public_bytes_raw(), b"head"
    signature = key.sign(message)
    assert verifier.ed25519_valid(public, message, signature)
    for position in range(0, 64, 7):
        bad = bytearray(signature)
        bad[position] ^= 1
        assert not verifier.ed25519_valid(public, message, bytes(bad))
    assert not verifier.ed25519_valid(public, b"heae", signature)
    assert not verifier.ed25519_valid(b"\xff" * 32, message, signature)


def test_pure_sm3_equals_the_standard_example_and_openssl() -> None:
    expected = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert verifier._sm3_pure(b"abc").hex() == expected
    assert rules.hash_named("sm3")(b"abc").hex() == expected
    for size in (0, 55, 56, 64, 119, 200):
        assert verifier._sm3_pure(b"x" * size) == rules.hash_named("sm3")(b"x" * size)
