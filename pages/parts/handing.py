"""The server's own way out for long lists: sent from the disk as they lie, never held in memory.

A worker wrote the file (``storage.handed_files``); a page that asked for it hands out a
ticket, a random word that lives in this process alone::

    GET lists/<ticket>    the file
"""

from __future__ import annotations

import secrets
import threading
from typing import Final

import streamlit as st
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from clv_core.storage.handed_files import find_handed
from clv_core.storage.workspace import Workspace

__all__ = ["handing_routes", "link_to"]

_TICKETS: Final[dict[str, str]] = {}  # job by ticket
_GUARD: Final = threading.Lock()


def link_to(job_id: str) -> str:
    """Return where the browser gets the file that a job wrote."""
    with _GUARD:
        known = {job: ticket for ticket, job in _TICKETS.items()}
        ticket = known.get(job_id) or secrets.token_urlsafe(32)
        _TICKETS[ticket] = job_id
    return f"{_address()}/{ticket}"


def handing_routes() -> list[BaseRoute]:
    """Return the route."""
    return [Route(f"{_address()}/{{ticket}}", _send, methods=["GET"])]


def _address() -> str:
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}/lists" if base else "/lists"


def _send(request: Request) -> Response:
    job_id = _TICKETS.get(request.path_params["ticket"])
    file = None if job_id is None else find_handed(Workspace.default(), job_id)
    if file is None:
        return Response(status_code=404)
    return FileResponse(
        file,
        filename=file.name,
        media_type="application/octet-stream",
        headers={"Cache-Control": "no-store"},
    )
