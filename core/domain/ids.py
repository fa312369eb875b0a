"""Identity from content: the one way in which Clade names things by what they are."""

from __future__ import annotations

import hashlib
import unicodedata


def content_id(*parts: str) -> str:
    """Return a 16-digit hexadecimal id of `parts` (BLAKE2b, 64 bits).

    Parts are length-prefixed, so ("ab", "c") and ("a", "bc") differ.
    """
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(8, "little"))
        digest.update(raw)
    return digest.hexdigest()


def text_id(body: str) -> str:
    """Return the id of a text: equal for bodies that differ only in Unicode
    composition (NFC) or in surrounding and repeated white space."""
    return content_id("text", " ".join(unicodedata.normalize("NFC", body).split()))


def lot(*parts: str) -> float:
    """Return a number in [0, 1) drawn by `parts`: evenly spread over different parts,
    and always the same for the same ones."""
    # 53 bits are what a float holds exactly: more could round up to 1.
    return (int(content_id("lot", *parts), 16) >> 11) / 2**53
