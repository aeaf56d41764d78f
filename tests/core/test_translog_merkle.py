"""RFC 6962, against its own definitions and against known vectors."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunkitchen.core import merkle, verify

# The eight leaves of the certificate-transparency reference tests, and the roots of their first 1, 2, 3, 5, 8.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
HASHES = [merkle.leaf_hash(leaf) for leaf in LEAVES]


@pytest.mark.parametrize(("size", "expected"), ROOTS.items())
def test_the_root_is_the_one_of_the_reference_tests(size, expected):
    assert merkle.root(HASHES[:size]).hex() == expected


@given(st.integers(1, 70), st.data())
def test_every_leaf_has_a_proof_and_no_other_leaf_passes_with_it(size, data):
    hashes = [hashlib.sha256(str(n).encode()).digest() for n in range(size)]
    index = data.draw(st.integers(0, size - 1))
    path, top = merkle.inclusion(index, hashes), merkle.root(hashes)
    assert verify.root_by_path(hashes[index], index, size, path) == top
    assert verify.root_by_path(hashlib.sha256(b"another").digest(), index, size, path) != top
    for broken in (path[:-1], [*path, top]):
        if broken != path:
            with pytest.raises(verify.Changed):
                verify.root_by_path(hashes[index], index, size, broken)


def test_a_place_outside_of_the_tree_has_no_proof():
    with pytest.raises(IndexError):
        merkle.inclusion(8, HASHES)
