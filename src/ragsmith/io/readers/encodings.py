"""Text of files that do not say in which encoding it is: the decoding that gives plain words."""

from __future__ import annotations

import codecs
import re
import unicodedata
from functools import partial

__all__ = ["decoded"]

BOMS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
LEAST_CYRILLIC = 3
"""Letters of a Cyrillic title: one alone may be a French à."""
SIGNS = frozenset("‘’‚“”„«»‹›–—…•·°№§©®™¿¡")
"""Signs beyond ASCII that stand in titles of letters with alphabets."""
WORD = re.compile(r"[^\W\d_]+")
SCRIPTS = {
    **dict.fromkeys(("HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"), "CJK"),
    **dict.fromkeys(("MASCULINE", "FEMININE"), "LATIN"),
}
"""What the names of letters begin with, where that is not their script."""


def decoded(raw: bytes) -> str:
    """The text that bytes hold; "" when no encoding makes plain text of them.

    Unicode is known by its own marks. Of the older encodings the first is taken in which every word
    is written in one script, as `charset-normalizer` cannot tell of three or four words.

    >>> decoded("Prélude".encode("latin-1")), decoded("夢のワルツ".encode("shift-jis"))
    ('Prélude', '夢のワルツ')
    """
    for encoding in _unicode(raw):
        text = _tried(raw, encoding)
        if text is not None and not _unprintable(text):
            return text
    for encoding, plausible in OLDER:
        text = _tried(raw, encoding)
        if text is not None and not _unprintable(text) and plausible(text):
            return text
    return ""


def _unicode(raw: bytes) -> list[str]:
    """The encodings of Unicode that the bytes may be in."""
    marked = [encoding for mark, encoding in BOMS if raw.startswith(mark)]
    if marked:
        return marked
    if 2 * raw.count(0) >= len(raw) - 1 > 0:
        return ["utf-16-le" if raw[1:2] == b"\0" else "utf-16-be"]
    return ["utf-8-sig"]


def _tried(raw: bytes, encoding: str) -> str | None:
    if encoding.startswith("utf-16"):
        raw = raw[: len(raw) // 2 * 2]
    try:
        return raw.decode(encoding).rstrip("\0")
    except UnicodeDecodeError:
        return None


def _unprintable(text: str) -> bool:
    """Whether characters in it are neither printed nor blanks."""
    return any(not c.isprintable() and not c.isspace() for c in text)


def _script(letter: str) -> str:
    """The script of a letter, as the beginning of its name says."""
    name = unicodedata.name(letter, "").partition(" ")[0]
    return SCRIPTS.get(name, name)


def _all_in(text: str, script: str, least: int = 1) -> bool:
    """Whether its letters are ASCII or of one script, no word mostly ASCII, and some not ASCII."""
    words = [w for w in WORD.findall(text) if not w.isascii()]
    letters = [c for word in words for c in word if not c.isascii()]
    mostly = all(3 * sum(c.isascii() for c in w) <= 2 * len(w) for w in words)
    return mostly and len(letters) >= least and all(_script(c) == script for c in letters)


def _is_chinese(text: str) -> bool:
    """Whether it is two Chinese letters or more, and no Japanese ones."""
    return _all_in(text, "CJK", least=2) and not _has_kana(text)


def _is_japanese(text: str) -> bool:
    return _all_in(text, "CJK", least=2) and _has_kana(text)


def _has_kana(text: str) -> bool:
    return any(unicodedata.name(c, "").startswith(("HIRAGANA", "KATAKANA")) for c in text)


def _is_accented(text: str) -> bool:
    """Whether it is Latin with accents here and there, and no signs that titles do not have."""
    words = [w for w in WORD.findall(text) if not w.isascii()]
    few = all(sum(not c.isascii() for c in w) <= max(1, 2 * len(w) / 3) for w in words)
    return few and _has_usual_signs(text) and all(_script(c) == "LATIN" for w in words for c in w)


def _is_cyrillic(text: str) -> bool:
    """Whether it is Cyrillic, its capitals at the beginnings of words."""
    words = [w for w in WORD.findall(text) if not w.isascii()]
    cased = all(w in (w.lower(), w.capitalize(), w.upper()) for w in words)
    return cased and _has_usual_signs(text) and _all_in(text, "CYRILLIC", LEAST_CYRILLIC)


def _has_usual_signs(text: str) -> bool:
    return all(c.isascii() or c.isalpha() or c.isspace() or c in SIGNS for c in text)


OLDER = (
    ("cp932", partial(_all_in, script="CJK")),
    ("cp1251", _is_cyrillic),
    ("koi8-r", _is_cyrillic),
    ("cp949", partial(_all_in, script="HANGUL")),
    ("euc-jp", _is_japanese),
    ("gb18030", _is_chinese),
    ("cp950", _is_chinese),
    ("cp1252", _is_accented),
    ("latin-1", _is_accented),
)
"""Encodings, and what their text looks like; a later one is tried where an earlier one is not."""
