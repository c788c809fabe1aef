"""Files that are no text table, told by how they begin."""

from __future__ import annotations

import re
from typing import Final

from clv_core.errors import UnreadableFile
from clv_core.sentences import Sentence

__all__ = ["refuse_foreign_bytes"]

_SPREADSHEET: Final = Sentence(
    "Open it in your spreadsheet program and save it as .xlsx or CSV (UTF-8)."
)
_EXPORT: Final = Sentence("Export the table as CSV from the program that made it.")
_UNPACK: Final = Sentence("Unpack it and bring the CSV file that is inside.")
_PAGE: Final = Sentence("Download the data again and choose CSV; sign in first if the site asks.")

_COMPOUND: Final = b"\xd0\xcf\x11\xe0"  # of Microsoft: old workbooks and encrypted new ones
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_SIGNATURES: Final[tuple[tuple[bytes, str, Sentence], ...]] = (
    (b"PAR1", "Parquet", _EXPORT),
    (b"ARROW1", "Arrow", _EXPORT),
    (b"SQLite format 3\0", "SQLite", _EXPORT),
    (b"%PDF", "PDF", _EXPORT),
    (b"\x89PNG", "PNG", _EXPORT),
    (b"\xff\xd8\xff", "JPEG", _EXPORT),
    (b"GIF8", "GIF", _EXPORT),
    (_COMPOUND, "Excel (.xls)", _SPREADSHEET),
    (b"BZh", "bzip2", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "zstd", _UNPACK),
    (b"\xfd7zXZ", "xz", _UNPACK),
    (b"7z\xbc\xaf", "7-Zip", _UNPACK),
    (b"Rar!", "RAR", _UNPACK),
)
_MARKUP: Final = re.compile(rb"<(!doctype|html|head|body|table|script|meta|!--)", re.IGNORECASE)
# Control characters that no text has. NULs are left out: UTF-16 is full of them.
_CONTROL: Final = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROL_SHARE: Final = 0.02
_JSON: Final = re.compile(rb"[\[{]\s*[\[{\"]")


def refuse_foreign_bytes(head: bytes, file_name: str) -> None:
    """Refuse what is something else than a text table.

    Parameters
    ----------
    head : bytes
        The beginning of the file, unpacked; 4 KiB are enough.
    file_name : str
        What the user calls it.

    Raises
    ------
    UnreadableFile
        Says what the file is and how to come by a CSV.
    """
    if head.startswith(_COMPOUND) and _ENCRYPTED in head:
        raise UnreadableFile(
            Sentence("{file} is protected by a password.", file=file_name),
            Sentence("Open it in your spreadsheet program and save it without one."),
        )
    for signature, format_name, remedy in _SIGNATURES:
        if head.startswith(signature):
            raise _refusal(file_name, format_name, remedy)
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if _MARKUP.match(text):
        raise UnreadableFile(
            Sentence("{file} is a web page saved under a CSV name.", file=file_name), _PAGE
        )
    if text.startswith(b"<?xml"):
        raise _refusal(file_name, "XML", _EXPORT)
    if _JSON.match(text):
        raise _refusal(file_name, "JSON", _EXPORT)
    if b"\0" not in head and len(_CONTROL.findall(head)) > _MOST_CONTROL_SHARE * len(head):
        raise UnreadableFile(
            Sentence("{file} holds binary data, not text.", file=file_name), _EXPORT
        )


def _refusal(file_name: str, format_name: str, remedy: Sentence) -> UnreadableFile:
    return UnreadableFile(
        Sentence("{file} holds {format} data, not CSV.", file=file_name, format=format_name), remedy
    )
