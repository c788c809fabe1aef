"""Files packed with gzip or ZIP: unpacked within limits, or refused in a sentence.

A few kilobytes can unpack to terabytes. So at most 20 times the packed size and
500 MB are unpacked; what stays under 1 MB is harmless however small it was packed.
"""

from __future__ import annotations

import gzip
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

from clv_core.errors import UnreadableFile
from clv_core.sentences import Sentence

__all__ = [
    "ARCHIVE_MARKS",
    "copy_within",
    "expansion_limit",
    "list_members",
    "open_zip",
    "shown_name",
    "unpack_gzip",
    "unpack_member",
]

MOST_TIMES: Final = 20
MOST_BYTES: Final = 500_000_000
_HARMLESS_BYTES: Final = 1_000_000
_MOST_MEMBERS: Final = 1_000
_CHUNK_BYTES: Final = 1 << 18
_ENCRYPTED: Final = 0x1  # general purpose bit 0, APPNOTE 4.4.4
_UTF8_NAME: Final = 0x800  # bit 11
ARCHIVE_MARKS: Final = (
    *(b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\x28\xb5\x2f\xfd"),
    *(b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!"),
)
_TAR_MARK: Final = slice(257, 262)
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_DAMAGED: Final = (
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    zlib.error,
    EOFError,
    NotImplementedError,  # a method of packing that Python does not have
)
_UNPACK: Final = Sentence("Unpack it and bring the CSV file that is inside.")
_AGAIN: Final = Sentence("Pack it again, or bring the CSV file as it is.")


def expansion_limit(packed_bytes: int) -> int:
    """Return how many bytes may come out of so many packed ones."""
    return min(MOST_BYTES, max(_HARMLESS_BYTES, MOST_TIMES * packed_bytes))


def unpack_gzip(path: Path, target: Path, file_name: str) -> None:
    """Unpack a gzip file.

    Raises
    ------
    UnreadableFile
        When it is damaged, grows too large, or holds another archive.
    """
    with refusing_damage(file_name), gzip.open(path) as packed, target.open("wb") as out:
        copy_within(packed, out, path.stat().st_size, file_name)
    _refuse_nested(target, file_name)


@contextmanager
def open_zip(path: Path, file_name: str) -> Iterator[zipfile.ZipFile]:
    """Open a ZIP archive.

    Raises
    ------
    UnreadableFile
        When it is damaged, encrypted, has too many members, or names that would
        lead out of the folder it is unpacked in.
    """
    with refusing_damage(file_name), zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if len(members) > _MOST_MEMBERS:
            raise UnreadableFile(
                Sentence(
                    "{file} holds {count} files; at most {most} are looked through.",
                    file=file_name,
                    count=len(members),
                    most=_MOST_MEMBERS,
                ),
                _UNPACK,
            )
        if any(_leads_out(member.filename) for member in members):
            raise UnreadableFile(
                Sentence("{file} holds files that would land outside its folder.", file=file_name),
                _AGAIN,
            )
        yield archive


@contextmanager
def refusing_damage(file_name: str) -> Iterator[None]:
    """Turn what unpackers raise on damaged archives into a refusal."""
    try:
        yield
    except _DAMAGED:
        raise UnreadableFile(
            Sentence("{file} is damaged: it cannot be unpacked.", file=file_name),
            Sentence("Download or pack it again, or bring the CSV file as it is."),
        ) from None


def list_members(archive: zipfile.ZipFile, file_name: str) -> list[zipfile.ZipInfo]:
    """Return the files in an archive, without what programs add for themselves.

    Raises
    ------
    UnreadableFile
        When one of them is protected by a password.
    """
    refuse_protected(archive.infolist(), file_name)
    return [
        member
        for member in archive.infolist()
        if not member.is_dir()
        and not member.filename.startswith("__MACOSX/")
        and not member.filename.rpartition("/")[2].startswith(".")
    ]


def refuse_protected(members: Sequence[zipfile.ZipInfo], file_name: str) -> None:
    """Refuse members that only a password opens."""
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise UnreadableFile(
            Sentence("{file} is protected by a password.", file=file_name), _UNPACK
        )


def shown_name(member: zipfile.ZipInfo) -> str:
    """Return a member's name; old Chinese programs write it in GBK without saying so."""
    if member.flag_bits & _UTF8_NAME:
        return member.filename
    try:
        written = member.filename.encode("cp437")
    except UnicodeEncodeError:
        return member.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return written.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename


def unpack_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, file_name: str
) -> None:
    """Unpack one member.

    Raises
    ------
    UnreadableFile
        When it is damaged, grows too large, or is an archive itself.
    """
    with refusing_damage(file_name), archive.open(member) as packed, target.open("wb") as out:
        copy_within(packed, out, member.compress_size, file_name, member.file_size)
    _refuse_nested(target, file_name)


class Readable(Protocol):
    """What bytes can be read from."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many bytes, none at the end."""
        ...


class Writable(Protocol):
    """What bytes can be written to."""

    def write(self, chunk: bytes, /) -> int:
        """Take bytes."""
        ...


def copy_within(
    packed: Readable, out: Writable, packed_bytes: int, file_name: str, declared_bytes: int = 0
) -> None:
    """Copy what comes out of an unpacker, up to the limit.

    Parameters
    ----------
    packed : Readable
    out : Writable
    packed_bytes : int
        Its size before.
    file_name : str
    declared_bytes : int
        Its size after, as the archive says; the archive may be wrong.

    Raises
    ------
    UnreadableFile
        At the limit, with the numbers.
    """
    limit = expansion_limit(packed_bytes)
    if declared_bytes > limit:
        raise refuse_expansion(packed_bytes, file_name)
    written = 0
    while chunk := packed.read(_CHUNK_BYTES):
        written += len(chunk)
        if written > limit:
            raise refuse_expansion(packed_bytes, file_name)
        out.write(chunk)


def refuse_expansion(packed_bytes: int, file_name: str) -> UnreadableFile:
    """Return the refusal of what unpacks to more than the limit."""
    return UnreadableFile(
        Sentence(
            "{file} unpacks from {packed} MB to more than {limit} MB; no more than {times} times "
            "the packed size and {most} MB are unpacked.",
            file=file_name,
            packed=round(packed_bytes / 1e6, 3),
            limit=round(expansion_limit(packed_bytes) / 1e6, 1),
            times=MOST_TIMES,
            most=MOST_BYTES // 1_000_000,
        ),
        Sentence("If you trust it, unpack it yourself and bring the CSV file that is inside."),
    )


def _leads_out(name: str) -> bool:
    plain = name.replace("\\", "/")
    return plain.startswith("/") or bool(_DRIVE.match(plain)) or ".." in plain.split("/")


def _refuse_nested(path: Path, file_name: str) -> None:
    with path.open("rb") as file:
        head = file.read(_TAR_MARK.stop)
    if is_archive(head):
        raise refuse_nesting(file_name)


def is_archive(head: bytes) -> bool:
    """Say whether bytes begin an archive or a workbook."""
    return head.startswith(ARCHIVE_MARKS) or head[_TAR_MARK] == b"ustar"


def refuse_nesting(file_name: str) -> UnreadableFile:
    """Return the refusal of an archive or workbook inside an archive."""
    return UnreadableFile(
        Sentence("{file} holds an archive or workbook inside an archive.", file=file_name),
        Sentence("Unpack it and bring the file that is inside."),
    )
