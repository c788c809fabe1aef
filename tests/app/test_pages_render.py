"""Every page renders on its own, on whatever the workspace holds, in both languages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import ROOT, open_page

PAGES = sorted(str(page.relative_to(ROOT)) for page in (ROOT / "pages").glob("[!p]*/*.py"))
PAGES += sorted(str(page.relative_to(ROOT)) for page in (ROOT / "pages/prepare").glob("*.py"))
FIRST_STEP = {"en": "Bring data in", "zh": "导入数据"}
HEAVY = ("keras", "jax", "shap", "tensorflow", "torch", "optuna", "sqlalchemy")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("page", PAGES)
def test_an_empty_workspace_says_what_to_do_first(app: AppTest, page: str, language: str) -> None:
    """Without data, each page leads to the upload, and the upload offers the sample shop."""
    open_page(app, page, lang=language)

    labels = [button.label for button in app.main.button]
    if page == "pages/prepare/upload.py":
        assert labels == [{"en": "Try the sample shop", "zh": "试用示例店铺"}[language]]
    else:
        assert labels == [FIRST_STEP[language]]


@pytest.mark.parametrize("page", PAGES)
def test_data_without_a_result_lead_to_training(app: AppTest, dataset_id: str, page: str) -> None:
    """With data but no result, pages about results lead to training."""
    open_page(app, page, dataset=dataset_id)

    if not page.startswith(("pages/prepare", "pages/model/train", "pages/model/search")):
        assert [button.label for button in app.main.button] == ["Train a forecast"]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows_a_result(app: AppTest, run_id: str, page: str, language: str) -> None:
    """With a result, each page renders a title and reports no error."""
    open_page(app, page, run=run_id, lang=language)

    assert len(app.title) == 1
    assert [error.value for error in app.error] == []


@pytest.mark.parametrize("page", PAGES)
def test_a_dead_link_is_told(app: AppTest, page: str) -> None:
    """A link to what is not there any more says so instead of failing."""
    open_page(app, page, run="0" * 32, dataset="0" * 32, job="0" * 32)

    if page != "pages/prepare/upload.py":
        assert app.error


def test_the_server_never_loads_what_only_training_needs(tmp_path: Path) -> None:
    """Rendering pages leaves Keras, JAX and SHAP unloaded: they slow every page down."""
    script = (
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        f"app = AppTest.from_file({str(ROOT / 'app.py')!r}, default_timeout=60).run()\n"
        f"for page in {PAGES!r}:\n"
        "    app.switch_page(page).run()\n"
        "    assert not app.exception\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"PERENNIAL_WORKSPACE": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout.strip() == "[]"
