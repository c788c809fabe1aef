"""What the server remembers of files that it looked at."""

from __future__ import annotations

import pytest

from clv_core.errors import NothingStored
from clv_core.ingest.choice import FileChoice
from clv_core.storage.workspace import Workspace
from pages.parts.recognitions import Recognitions


def test_a_removed_file_is_forgotten(workspace: Workspace) -> None:
    """Its first rows hold names and addresses: they go from memory when its bytes go."""
    content = b"customer_id,order_date,amount\n" + b"a,2024-01-02,1\n" * 5
    request = (workspace.store_upload("orders.csv", content).id, FileChoice())
    recognitions = Recognitions()
    first = recognitions.recognise([request])
    workspace.delete_upload(request[0])
    assert recognitions.recognise([request]) == first
    recognitions.forget(request[0])
    with pytest.raises(NothingStored):
        recognitions.recognise([request])
