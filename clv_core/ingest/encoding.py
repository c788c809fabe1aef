"""Which encoding a text file is in, found without believing its name.

The order is fixed: a byte-order mark, then strict UTF-8, then gb18030, then
charset-normalizer. gb18030 decodes much that is not Chinese, so it must also
look like Chinese: most of its double bytes lie in the blocks of GB 2312 that hold
symbols and the 3,755 everyday characters (GB 2312-80, rows 1 to 9 and 16 to 55).
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from charset_normalizer import from_bytes

from clv_core.ingest.layout import read_chunks

__all__ = ["detect_encoding", "transcode_chunks"]

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Candidates of charset-normalizer: what shops' programs write. Without the list it
# takes short Western words for Polish or for a Macintosh encoding.
_CANDIDATES: Final = ["cp1252", "cp1251", "cp1254", "shift_jis", "euc_kr", "big5"]
_WESTERN_SIGNS: Final = frozenset("€£°©®™«»‘’“”–—…\u00a0")
_FALLBACK: Final = "cp1252"
_SAMPLE_LINES: Final = 400
_MOST_LINE_BYTES: Final = 1 << 12
_WIDE_SHARE: Final = 0.3  # NULs on one side of byte pairs that mean UTF-16
_MOSTLY: Final = 0.9
_TWO_BYTES: Final = 2
_ASCII_END: Final = 0x80


def detect_encoding(path: Path) -> str | None:
    """Return the Python codec that reads the file, or None where none does.

    A file that is UTF-8 but for single damaged places is ``utf-8``: the reader
    refuses those rows.
    """
    head = next(read_chunks(path), b"")
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if marked == "utf-8-sig":
        return marked
    if wide := marked or _wide_encoding(head):
        return wide if _decodes(path, wide) else None
    if _decodes(path, "utf-8"):
        return "utf-8"
    return _guess_encoding(path, b"".join(islice(_telling_lines(path), _SAMPLE_LINES)))


def _guess_encoding(path: Path, sample: bytes) -> str | None:
    """Tell an encoding by what the lines beyond ASCII look like in it."""
    if _utf8_share(sample) > _MOSTLY:
        return "utf-8"
    if _everyday_chinese_share(sample) > _MOSTLY and _decodes(path, "gb18030"):
        return "gb18030"
    if _holds_western_signs_only(sample):
        return "cp1252"
    best = from_bytes(sample, cp_isolation=_CANDIDATES).best()
    names = [best.encoding] if best is not None else []
    return next((name for name in (*names, _FALLBACK) if _decodes(path, name)), None)


def transcode_chunks(path: Path, encoding: str) -> Iterator[bytes]:
    """Yield a file as UTF-8 without byte-order mark, a chunk at a time.

    Raises
    ------
    UnicodeDecodeError
        Where the file is not in that encoding.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    for chunk in read_chunks(path):
        yield decoder.decode(chunk).encode()
    yield decoder.decode(b"", final=True).encode()


def _wide_encoding(head: bytes) -> str | None:
    """Recognise UTF-16 without a mark by where its NULs stand."""
    pairs = len(head) // 2
    if pairs == 0 or b"\0" not in head:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > _WIDE_SHARE * pairs and even < odd / 10:
        return "utf-16-le"
    if even > _WIDE_SHARE * pairs and odd < even / 10:
        return "utf-16-be"
    return None


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in read_chunks(path):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _telling_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines that hold anything beyond ASCII."""
    with path.open("rb") as file:
        while line := file.readline(_MOST_LINE_BYTES):
            if not line.isascii():
                yield line


def _utf8_share(sample: bytes) -> float:
    """Return the share of non-ASCII places that are well-formed UTF-8."""
    text = sample.decode("utf-8", errors="replace")
    damaged = text.count("\ufffd")
    good = sum(1 for letter in text if ord(letter) >= _ASCII_END) - damaged
    return good / max(1, good + damaged)


def _holds_western_signs_only(sample: bytes) -> bool:
    """Say whether all beyond ASCII are signs such as the euro: no words to guess from."""
    text = sample.decode("cp1252", errors="replace")
    beyond = {letter for letter in text if ord(letter) >= _ASCII_END}
    return bool(beyond) and beyond <= _WESTERN_SIGNS


def _everyday_chinese_share(sample: bytes) -> float:
    """Return the share of non-ASCII characters in GB 2312's symbols and first level."""
    wide = [
        letter.encode("gb18030")
        for letter in sample.decode("gb18030", errors="replace")
        if ord(letter) >= _ASCII_END
    ]
    everyday = [
        code
        for code in wide
        if len(code) == _TWO_BYTES
        and (0xA1 <= code[0] <= 0xA9 or 0xB0 <= code[0] <= 0xD7)
        and code[1] >= 0xA1
    ]
    return len(everyday) / max(1, len(wide))
