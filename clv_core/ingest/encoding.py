"""Which encoding a text file is in, found without believing its name.

The order is fixed: a byte-order mark, then strict UTF-8, then the double-byte
encodings of East Asia, then charset-normalizer. Double-byte decoders swallow much
that is not theirs, so the text must also look everyday in one of them: most of its
double bytes lie where that character set keeps its symbols and most used characters.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from charset_normalizer import from_bytes

from clv_core.ingest.layout import MOST_LINE_BYTES, ByteLayout, measure_bytes, read_chunks

__all__ = ["examine_text", "is_text_codec", "transcode_chunks"]

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE: Final = ("utf-16", "utf-32")
# Lead bytes of symbols and everyday characters; trail bytes that go with them.
_EVERYDAY: Final[dict[str, Callable[[int, int], bool]]] = {
    # KS X 1001: symbols, jamo, the 2,350 syllables of Hangul.
    "cp949": lambda lead, trail: (lead <= 0xA4 or 0xB0 <= lead <= 0xC8) and trail >= 0xA1,
    # GB 2312: rows 1 to 9 (symbols) and 16 to 55 (the 3,755 everyday characters).
    "gb18030": lambda lead, trail: (0xA1 <= lead <= 0xA9 or 0xB0 <= lead <= 0xD7) and trail >= 0xA1,
    # Big5: symbols and the 5,401 characters of the first level.
    "big5hkscs": lambda lead, _trail: 0xA1 <= lead <= 0xC6,
    # JIS X 0208: symbols, kana, the 2,965 characters of the first level.
    "cp932": lambda lead, _trail: 0x81 <= lead <= 0x83 or 0x88 <= lead <= 0x98,
}
_FEWEST_SYLLABLES: Final = 16  # so many in Korean rows by chance: one Chinese text in 3,000
# Candidates of charset-normalizer: what shops' programs write. Without the list it
# takes short Western words for Polish or for a Macintosh encoding.
_CANDIDATES: Final = ["cp1252", "cp1251", "cp1254"]
_RUNS: Final = re.compile(rb"(?:[\x81-\xfe][0-9][\x81-\xfe][0-9]|[\x80-\xff])+")  # GB 18030's fours
_MOSTLY_ALONE: Final = 0.7
_TURKISH_PLACES: Final = frozenset("ÐÝÞðýþ")  # where cp1254 has ĞİŞğış
_NEVER_TURKISH: Final = frozenset("áíóúæÁÍÓÚÆ")  # and Icelandic has these too
_FALLBACKS: Final = ("cp1252", "latin-1")
_SAMPLE_LINES: Final = 400
_MOST_LINE_BYTES: Final = 1 << 12
_WIDE_SHARE: Final = 0.3  # NULs on one side of byte pairs that mean UTF-16
_MOSTLY: Final = 0.9
_TWO_BYTES: Final = 2
_BEYOND_ASCII: Final = re.compile(rb"[\x80-\xff][^\r\n]*+")
_ASCII_END: Final = 0x80


def examine_text(path: Path, encoding: str | None = None) -> tuple[str | None, ByteLayout]:
    """Return the Python codec that reads a file, None where none does, and its layout.

    A file that is UTF-8 (or Chinese, Japanese …) but for single damaged places is
    just that: the reader refuses those rows.

    Parameters
    ----------
    path : Path
    encoding : str, optional
        What the user says it is.
    """
    head = next(read_chunks(path), b"")
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    wide = encoding if encoding is not None else marked or _wide_encoding(head)
    if wide is not None and _is_wide(wide):
        if marked is None and codecs.lookup(wide).name == "utf-16":
            wide = _wide_encoding(head) or wide
        return _examine_wide(path, _settle_mark(wide, marked))
    layout = measure_bytes(read_chunks(path), is_utf8_asked=True)
    if encoding is not None:
        return _settle_mark(encoding, marked), layout
    if marked is not None:
        return marked, layout
    if layout.is_utf8:
        return "utf-8", layout
    return _guess_encoding(b"\n".join(islice(_telling_lines(path), _SAMPLE_LINES))), layout


def is_text_codec(name: str) -> bool:
    """Say whether Python has a codec of that name that turns bytes into text."""
    try:
        b"ab".decode(name, errors="replace")
    except (LookupError, UnicodeError):  # unknown, or one such as rot13 and zip
        return False
    return codecs.lookup(name).incrementaldecoder is not None


def transcode_chunks(path: Path, encoding: str) -> Iterator[bytes]:
    """Yield a file as UTF-8 without byte-order mark, a chunk at a time.

    Bytes that mean nothing in the encoding stay as they are, which is no UTF-8: the
    reader refuses their rows.

    Raises
    ------
    UnicodeError
        Where text of two or four bytes a letter is damaged, cut off or unmarked.
    """
    errors = "strict" if _is_wide(encoding) else "surrogateescape"
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    for chunk in read_chunks(path):
        yield decoder.decode(chunk).encode(errors=errors)
    yield decoder.decode(b"", final=True).encode(errors=errors)


def _is_wide(encoding: str) -> bool:
    return codecs.lookup(encoding).name.startswith(_WIDE)


def _settle_mark(encoding: str, marked: str | None) -> str:
    """Return the codec that takes a byte-order mark for one, where the file has it."""
    if marked is None or not codecs.lookup(encoding).name.startswith(marked.removesuffix("-sig")):
        return encoding
    return marked


def _examine_wide(path: Path, encoding: str) -> tuple[str | None, ByteLayout]:
    """Measure text whose line ends are not one byte as the UTF-8 it becomes."""
    try:
        return encoding, measure_bytes(transcode_chunks(path, encoding))
    except UnicodeError:  # cut off, half a surrogate pair, or without the mark it must have
        return None, measure_bytes(read_chunks(path))


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


def _telling_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines that hold anything beyond ASCII, from the first such byte on."""
    rest = b""
    for chunk in read_chunks(path):
        whole, newline, rest = (rest + chunk).rpartition(b"\n")
        if not whole.isascii():
            yield from (found[0][:_MOST_LINE_BYTES] for found in _BEYOND_ASCII.finditer(whole))
        rest = rest[-MOST_LINE_BYTES:] if newline else (whole + rest)[-MOST_LINE_BYTES:]
    yield from (found[0][:_MOST_LINE_BYTES] for found in _BEYOND_ASCII.finditer(rest))


def _guess_encoding(sample: bytes) -> str | None:
    """Tell an encoding by what the lines beyond ASCII look like in it."""
    if _utf8_share(sample) > _MOSTLY:
        return "utf-8"
    if _isolated_share(sample) > _MOSTLY_ALONE:  # as in façade: letters of a Latin alphabet
        return next(
            name for name in (_latin_encoding(sample), *_FALLBACKS) if _decodes(sample, name)
        )
    if eastern := _eastern_encoding(sample):
        return eastern
    best = from_bytes(sample, cp_isolation=_CANDIDATES).best()
    names = [best.encoding] if best is not None else []
    return next((name for name in (*names, *_FALLBACKS) if _decodes(sample, name)), None)


def _decodes(sample: bytes, encoding: str) -> bool:
    try:
        sample.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _utf8_share(sample: bytes) -> float:
    """Return the share of non-ASCII places that are well-formed UTF-8."""
    text = sample.decode("utf-8", errors="replace")
    damaged = text.count("\ufffd")
    good = sum(1 for letter in text if ord(letter) >= _ASCII_END) - damaged
    return good / max(1, good + damaged)


def _eastern_encoding(sample: bytes) -> str | None:
    """Return the double-byte encoding in which the sample looks most everyday, if one does."""
    shares = {name: _everyday_share(sample, name) for name in _EVERYDAY}
    few = _count_wide(sample, "cp949") < _FEWEST_SYLLABLES
    if few and shares["gb18030"] > _MOSTLY:  # all Korean places are everyday Chinese ones too
        return "gb18030"
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] > _MOSTLY else None


def _count_wide(sample: bytes, encoding: str) -> int:
    text = sample.decode(encoding, errors="ignore")
    return sum(1 for letter in text if ord(letter) >= _ASCII_END)


def _everyday_share(sample: bytes, encoding: str) -> float:
    """Return the share of non-ASCII characters that are everyday ones of an encoding."""
    is_everyday = _EVERYDAY[encoding]
    beyond = [
        letter for letter in sample.decode(encoding, errors="replace") if ord(letter) >= _ASCII_END
    ]
    codes = [letter.encode(encoding, errors="ignore") for letter in beyond]
    everyday = [
        code for code in codes if len(code) > _TWO_BYTES or (len(code) > 1 and is_everyday(*code))
    ]
    half_wide = [code for code in codes if len(code) == 1] if everyday else []  # of Japan
    return (len(everyday) + len(half_wide)) / max(1, len(beyond))


def _isolated_share(sample: bytes) -> float:
    """Return the share of bytes beyond ASCII that have ASCII on both sides."""
    runs = _RUNS.findall(sample)
    return sum(len(run) == 1 for run in runs) / max(1, sum(map(len, runs)))


def _latin_encoding(sample: bytes) -> str:
    """Return cp1254 where letters that only it has are there, and none that Turkish lacks."""
    beyond = set(sample.decode("cp1252", errors="replace"))
    return "cp1254" if beyond & _TURKISH_PLACES and not beyond & _NEVER_TURKISH else "cp1252"
