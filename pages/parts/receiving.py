"""The server's own way in for files: written to disk as they come, piece by piece.

Streamlit's uploader holds every file in the server's memory. These routes hold
one megabyte. They are served beside the pages (``app.py``) and used by the drop
zone (``uploading.py``)::

    POST   uploads           {"files": [{"name", "size"}]} -> {"ids"}; begins, or begins again
    PUT    uploads/<id>?at=N the bytes from N on -> 204
    DELETE uploads/<id>      leaves a file out -> 204
    POST   uploads/finish    all files are complete -> {"ids"}: they are uploads now
    DELETE uploads           gives up -> 204

Whoever asks holds a ticket (``tickets.py``) and Streamlit's own proof that the
page and not another site asks. A refusal is ``{"refusal": code}``; the page has
the words for it.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Annotated, Final
from urllib.parse import urlsplit

import streamlit as st
from anyio.to_thread import run_sync
from pydantic import BaseModel, Field, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from streamlit import config
from streamlit.web.server.server_util import is_xsrf_enabled
from streamlit.web.server.starlette.starlette_app_utils import validate_xsrf_token
from streamlit.web.server.starlette.starlette_server_config import XSRF_COOKIE_NAME

from clv_core.errors import DiskFull
from clv_core.storage.incoming import (
    IncomingFile,
    PieceOutOfPlace,
    begin_files,
    discard_files,
    flush_file,
    publish_files,
    write_piece,
)
from clv_core.storage.workspace import Workspace
from pages.parts.tickets import OFFICE, Drop

TICKET_HEADER: Final = "X-Upload-Ticket"
XSRF_HEADER: Final = "X-Xsrftoken"
MOST_FILES: Final = 100
_HELD_BYTES: Final = 1024 * 1024  # waits in memory to be written
_ANNOUNCEMENT_BYTES: Final = 256 * 1024
_OFFSET: Final = re.compile(r"[0-9]{1,15}")

REFUSALS: Final = {
    "not_allowed": 403,
    "gone": 404,
    "out_of_place": 409,
    "too_large": 413,
    "not_understood": 422,
    "disk_full": 507,
}


class AnnouncedFile(BaseModel):
    """One file that is to come."""

    name: Annotated[str, Field(min_length=1, max_length=1000)]
    size: Annotated[int, Field(ge=0)]


class Announcement(BaseModel):
    """The files that were dropped together."""

    files: Annotated[list[AnnouncedFile], Field(min_length=1, max_length=MOST_FILES)]


class Refused(Exception):
    """A request that is not granted, by its code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def address() -> str:
    """Return where the routes lie, as the browser asks for them."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}/uploads" if base else "/uploads"


def largest_bytes() -> int:
    """Return how large a file may be."""
    return int(st.get_option("server.maxUploadSize")) * 1024 * 1024


def upload_routes() -> list[BaseRoute]:
    """Return the routes, each behind the same door."""
    where = address()
    return [
        Route(where, _guarded(_begin), methods=["POST"]),
        Route(where, _guarded(_abandon), methods=["DELETE"]),
        Route(f"{where}/finish", _guarded(_finish), methods=["POST"]),
        Route(f"{where}/{{upload_id}}", _guarded(_take_piece), methods=["PUT"]),
        Route(f"{where}/{{upload_id}}", _guarded(_leave_out), methods=["DELETE"]),
    ]


Handler = Callable[[Request, Drop], Awaitable[Response]]


def _guarded(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Ask every request for its ticket, and answer refusals."""

    @wraps(handler)
    async def guarded(request: Request) -> Response:
        try:
            return await handler(request, _admit(request))
        except Refused as refused:
            return _refuse(refused.code)
        except DiskFull:
            return _refuse("disk_full")
        except PieceOutOfPlace:
            return _refuse("out_of_place")
        except FileNotFoundError:  # given up while this was on its way
            return _refuse("gone")
        except ClientDisconnect:  # nobody is there to read the answer
            return Response(status_code=400)

    return guarded


def _admit(request: Request) -> Drop:
    """Return what comes in on the request's ticket.

    Raises
    ------
    Refused
        When another site asks, or without a ticket that a page handed out.
    """
    if not _is_own_origin(request):
        raise Refused("not_allowed")
    proof = (request.headers.get(XSRF_HEADER), request.cookies.get(XSRF_COOKIE_NAME))
    if is_xsrf_enabled() and not validate_xsrf_token(*proof):
        raise Refused("not_allowed")
    drop = OFFICE.find(request.headers.get(TICKET_HEADER, ""))
    if drop is None:
        raise Refused("not_allowed")
    return drop


def _is_own_origin(request: Request) -> bool:
    """Say whether our own page asks; programs other than browsers name no origin."""
    origin = request.headers.get("origin")
    if origin is None or not st.get_option("server.enableCORS"):
        return True
    asking = urlsplit(origin)
    if asking.netloc == request.headers.get("host"):
        return True
    named = config.is_manually_set("browser.serverAddress")  # behind a proxy that renames hosts
    if named and asking.hostname == st.get_option("browser.serverAddress"):
        return True
    return origin in st.get_option("server.corsAllowedOrigins")


async def _begin(request: Request, drop: Drop) -> Response:
    if drop.stored:  # the ticket is spent
        raise Refused("not_allowed")
    announced = await _read_announcement(request)
    if any(file.size > largest_bytes() for file in announced.files):
        raise Refused("too_large")
    named = [(file.name, file.size) for file in announced.files]
    async with drop.guard:
        await run_sync(discard_files, list(drop.files.values()))
        files = await run_sync(begin_files, Workspace.default(), named)
        drop.files = {file.id: file for file in files}
    return JSONResponse({"ids": list(drop.files)})


async def _read_announcement(request: Request) -> Announcement:
    told = bytearray()
    async for part in request.stream():
        told += part
        if len(told) > _ANNOUNCEMENT_BYTES:
            raise Refused("not_understood")
    try:
        return Announcement.model_validate_json(bytes(told))
    except ValidationError:
        raise Refused("not_understood") from None


async def _take_piece(request: Request, drop: Drop) -> Response:
    file = _find_file(request, drop)
    asked = request.query_params.get("at", "")
    if not _OFFSET.fullmatch(asked):
        raise Refused("not_understood")
    at_byte, held = int(asked), bytearray()
    async for part in request.stream():
        held += part
        if len(held) >= _HELD_BYTES:
            at_byte = await run_sync(write_piece, file, at_byte, bytes(held))
            held.clear()
    await run_sync(write_piece, file, at_byte, bytes(held))
    await run_sync(flush_file, file)
    OFFICE.find(request.headers[TICKET_HEADER])  # not idle
    return Response(status_code=204)


async def _leave_out(request: Request, drop: Drop) -> Response:
    async with drop.guard:
        file = _find_file(request, drop)
        del drop.files[file.id]
        await run_sync(discard_files, [file])
    return Response(status_code=204)


async def _finish(_request: Request, drop: Drop) -> Response:
    async with drop.guard:
        if not drop.stored:  # asked again when the answer was lost: answered again
            if not drop.files:
                raise Refused("gone")
            files = list(drop.files.values())
            uploads = await run_sync(publish_files, Workspace.default(), files)
            drop.stored, drop.files = [upload.id for upload in uploads], {}
    return JSONResponse({"ids": drop.stored})


async def _abandon(_request: Request, drop: Drop) -> Response:
    async with drop.guard:
        await run_sync(discard_files, list(drop.files.values()))
        drop.files = {}
    return Response(status_code=204)


def _find_file(request: Request, drop: Drop) -> IncomingFile:
    file = drop.files.get(request.path_params["upload_id"])
    if file is None:
        raise Refused("gone")
    return file


def _refuse(code: str) -> Response:
    return JSONResponse({"refusal": code}, REFUSALS[code])
