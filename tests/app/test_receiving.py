"""The way in for files, asked over HTTP: what is let through and what is not."""

from __future__ import annotations

import json
import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from streamlit import config
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string

from clv_core.storage import incoming
from clv_core.storage.workspace import Workspace
from pages.parts.receiving import MOST_FILES, upload_routes
from pages.parts.tickets import OFFICE, TicketOffice

FILES = {"files": [{"name": "orders.csv", "size": 4}, {"name": "../events.csv", "size": 2}]}


@dataclass
class Client:
    """A browser that has a page open, as the server sees it."""

    port: int
    ticket: str
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        proof = generate_xsrf_token_string()
        self.headers = {
            "Cookie": f"_streamlit_xsrf={proof}",
            "X-Xsrftoken": proof,
            "X-Upload-Ticket": self.ticket,
            "Origin": f"http://127.0.0.1:{self.port}",
        }

    def ask(self, method: str, path: str = "", body: Any = None) -> tuple[int, Any]:
        """Send one request and return the status and the answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        content = body if body is None or isinstance(body, bytes) else json.dumps(body)
        connection.request(method, f"/uploads{path}", content, self.headers)
        answer = connection.getresponse()
        told = answer.read()
        connection.close()
        return answer.status, json.loads(told) if told else None

    def begin(self) -> list[str]:
        """Announce two files and return their ids."""
        status, answer = self.ask("POST", body=FILES)
        assert status == 200
        return answer["ids"]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Serve the routes as the app does, without the pages."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()  # who comes early waits
    server = uvicorn.Server(
        uvicorn.Config(Starlette(routes=upload_routes()), log_level="error", lifespan="off")
    )
    serving = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    serving.start()
    yield int(listener.getsockname()[1])
    server.should_exit = True
    serving.join()
    listener.close()


@pytest.fixture
def client(port: int, workspace: Workspace) -> Client:
    """Return a page's browser with a ticket, and an empty workspace behind it."""
    assert in_uploads(workspace) == []
    return Client(port, OFFICE.issue())


def in_uploads(workspace: Workspace) -> list[str]:
    """List the names in the uploads folder."""
    return sorted(path.name for path in (workspace.root / "uploads").iterdir())


def test_files_arrive_together(client: Client, workspace: Workspace) -> None:
    """Begun, sent in pieces, finished: two uploads under the names they came with."""
    orders, events = client.begin()
    assert client.ask("PUT", f"/{orders}?at=0", b"a,") == (204, None)
    assert client.ask("PUT", f"/{orders}?at=2", b"b\n") == (204, None)
    assert client.ask("PUT", f"/{events}?at=0", b"c\n") == (204, None)
    assert client.ask("POST", "/finish") == (200, {"ids": [orders, events]})

    assert in_uploads(workspace) == sorted([orders, events])
    assert workspace.upload(orders).path.read_bytes() == b"a,b\n"
    assert workspace.upload(events).file_name == "../events.csv"


def test_a_large_piece_is_not_held(client: Client, workspace: Workspace) -> None:
    """A piece of several megabytes is written as it comes, every byte in its place."""
    content = bytes(range(256)) * 20_000  # 5 MB
    announced = {"files": [{"name": "orders.csv", "size": len(content)}]}
    (orders,) = client.ask("POST", body=announced)[1]["ids"]
    assert client.ask("PUT", f"/{orders}?at=0", content)[0] == 204
    assert client.ask("POST", "/finish")[0] == 200
    assert workspace.upload(orders).path.read_bytes() == content


def test_a_lost_answer_may_be_asked_for_again_but_a_ticket_is_good_once(client: Client) -> None:
    """Finishing twice answers twice; a second drop needs a second ticket."""
    announced = {"files": [{"name": "empty.csv", "size": 0}]}
    assert client.ask("POST", body=announced)[0] == 200
    first = client.ask("POST", "/finish")
    assert client.ask("POST", "/finish") == first
    assert client.ask("POST", body=announced) == (403, {"refusal": "not_allowed"})


@pytest.mark.parametrize(
    "forged",
    [
        {"X-Upload-Ticket": "made-up"},
        {"X-Upload-Ticket": ""},
        {"X-Xsrftoken": "1|2|3|4"},
        {"X-Xsrftoken": ""},
        {"Cookie": ""},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
    ],
)
def test_others_are_not_let_in(
    client: Client, workspace: Workspace, forged: dict[str, str]
) -> None:
    """Without a ticket, without proof, or from another site nothing is written."""
    client.headers |= forged
    for method, path in [("POST", ""), ("PUT", "/x?at=0"), ("DELETE", ""), ("POST", "/finish")]:
        assert client.ask(method, path, FILES) == (403, {"refusal": "not_allowed"})
    assert in_uploads(workspace) == []


def test_a_file_of_another_ticket_cannot_be_written(client: Client, port: int) -> None:
    """Whoever knows an id but not its ticket gets nowhere."""
    orders, _ = client.begin()
    other = Client(port, OFFICE.issue())
    assert other.ask("PUT", f"/{orders}?at=0", b"evil") == (404, {"refusal": "gone"})
    assert other.ask("DELETE", f"/{orders}") == (404, {"refusal": "gone"})


def test_a_file_over_the_limit_is_refused_before_it_comes(
    client: Client, workspace: Workspace
) -> None:
    """So are bytes past the size that was announced."""
    config.set_option("server.maxUploadSize", 1)
    try:
        announced = {"files": [{"name": "orders.csv", "size": 1024**2 + 1}]}
        assert client.ask("POST", body=announced) == (413, {"refusal": "too_large"})
    finally:
        config.set_option("server.maxUploadSize", 2048)
    assert in_uploads(workspace) == []

    orders, _ = client.begin()
    told = client.ask("PUT", f"/{orders}?at=0", b"x" * 3_000_000)
    assert told == (409, {"refusal": "out_of_place"})


def test_a_full_disk_is_told(
    client: Client, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the announcement, and at a piece when something else took the room meanwhile."""
    free = shutil.disk_usage(workspace.root).free
    config.set_option("server.maxUploadSize", free)
    try:
        announced = {"files": [{"name": "orders.csv", "size": free}]}
        assert client.ask("POST", body=announced) == (507, {"refusal": "disk_full"})
    finally:
        config.set_option("server.maxUploadSize", 2048)

    orders, _ = client.begin()
    monkeypatch.setattr(incoming, "ROOM_KEPT_BYTES", shutil.disk_usage(workspace.root).total)
    assert client.ask("PUT", f"/{orders}?at=0", b"a,b\n") == (507, {"refusal": "disk_full"})


def test_one_file_can_be_left_out(client: Client, workspace: Workspace) -> None:
    """The user cancels one of two; the other goes on."""
    orders, events = client.begin()
    assert client.ask("DELETE", f"/{orders}") == (204, None)
    assert client.ask("PUT", f"/{orders}?at=0", b"a,b\n") == (404, {"refusal": "gone"})
    assert client.ask("PUT", f"/{events}?at=0", b"c\n")[0] == 204
    assert client.ask("POST", "/finish") == (200, {"ids": [events]})
    assert in_uploads(workspace) == [events]


def test_a_drop_given_up_leaves_nothing(client: Client, workspace: Workspace) -> None:
    """Abandoned, it is gone from the disk, cannot be finished, and can be begun anew."""
    orders, _ = client.begin()
    client.ask("PUT", f"/{orders}?at=0", b"a,b\n")
    assert client.ask("DELETE") == (204, None)
    assert in_uploads(workspace) == []
    assert client.ask("POST", "/finish") == (404, {"refusal": "gone"})
    assert len(client.begin()) == 2


def test_files_that_are_not_complete_stay_out_together(
    client: Client, workspace: Workspace
) -> None:
    """One of two has come: neither is an upload."""
    orders, _ = client.begin()
    client.ask("PUT", f"/{orders}?at=0", b"a,b\n")
    assert client.ask("POST", "/finish") == (409, {"refusal": "out_of_place"})
    assert all(name.endswith(".partial") for name in in_uploads(workspace))


def test_beginning_again_forgets_what_was_begun(client: Client, workspace: Workspace) -> None:
    """A page that lost the answer asks again; the first two files are gone."""
    first, second = client.begin(), client.begin()
    assert in_uploads(workspace) == sorted(f".{upload}.partial" for upload in second)
    assert not set(first) & set(second)


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"not json",
        b'{"files": []}',
        b'{"files": [{"name": "", "size": 1}]}',
        b'{"files": [{"name": "a", "size": -1}]}',
        b'{"files": [{"name": "\\ud800", "size": 1}]}',
        json.dumps({"files": [{"name": "a", "size": 1}] * (MOST_FILES + 1)}).encode(),
        b" " * 1_000_000,
    ],
)
def test_a_broken_announcement_is_refused(
    client: Client, workspace: Workspace, told: bytes
) -> None:
    """What is no announcement is told so, and nothing is written."""
    assert client.ask("POST", body=told) == (422, {"refusal": "not_understood"})
    assert in_uploads(workspace) == []


@pytest.mark.parametrize("at", ["", "?at=", "?at=-1", "?at=x", "?at=" + "9" * 40, "?at=1"])
def test_a_piece_that_says_no_place_is_refused(client: Client, at: str) -> None:
    """A piece must say where it belongs, and leave no gap."""
    orders, _ = client.begin()
    assert client.ask("PUT", f"/{orders}{at}", b"a")[0] in (409, 422)


def test_a_browser_that_goes_away_harms_nobody(client: Client, workspace: Workspace) -> None:
    """Half a piece and a closed connection: the piece can be sent again."""
    orders, events = client.begin()
    connection = HTTPConnection("127.0.0.1", client.port, timeout=30)
    connection.putrequest("PUT", f"/uploads/{orders}?at=0")
    for name, value in {**client.headers, "Content-Length": "4"}.items():
        connection.putheader(name, value)
    connection.endheaders(b"a,")
    connection.close()
    assert client.ask("PUT", f"/{orders}?at=0", b"a,b\n")[0] == 204
    assert client.ask("PUT", f"/{events}?at=0", b"c\n")[0] == 204
    assert client.ask("POST", "/finish")[0] == 200
    assert workspace.upload(orders).path.read_bytes() == b"a,b\n"


def test_silent_drops_are_forgotten_and_their_tickets_stay_good(
    client: Client, workspace: Workspace
) -> None:
    """Whoever closed the tab leaves no bytes; whoever comes back begins again."""
    client.begin()
    OFFICE.forget_idle(older_than_s=3600)
    assert len(in_uploads(workspace)) == 2
    OFFICE.forget_idle(older_than_s=-1)
    assert in_uploads(workspace) == []
    assert len(client.begin()) == 2


def test_tickets_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest unused ticket goes when there are too many."""
    monkeypatch.setattr("pages.parts.tickets.MOST_TICKETS", 2)
    office = TicketOffice()
    first, second, third = office.issue(), office.issue(), office.issue()
    assert office.find(first) is None
    assert office.find(second) is not None
    assert office.find(third) is not None
