"""Who may import whom: the house has one way through it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "pages"
SLOW_TO_IMPORT = {"keras", "jax", "shap", "tensorflow", "torch", "optuna", "sqlalchemy"}
ENTRIES = {  # what the process must not load when it imports the module
    "clv_core.jobs.queue": SLOW_TO_IMPORT | {"lightgbm"},
    "clv_core.runs.folder": SLOW_TO_IMPORT | {"lightgbm"},
    "pages.parts.cached": SLOW_TO_IMPORT | {"lightgbm"},
    "pages.parts.subjects": SLOW_TO_IMPORT | {"lightgbm"},
    "clv_core.cli": SLOW_TO_IMPORT,  # scores with saved trees
}


def imported_names(script: Path) -> set[str]:
    """Collect every module that a script imports, inside functions too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(script.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_core_imports_point_one_way() -> None:
    """The layers written down in pyproject.toml hold, and the core has no user interface."""
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_core_does_not_know_the_pages() -> None:
    """No module of the core imports a page or the app."""
    for script in (ROOT / "clv_core").rglob("*.py"):
        told = imported_names(script)
        assert not {name for name in told if name.split(".")[0] in {"pages", "app"}}, script


def test_pages_share_only_through_parts() -> None:
    """A page imports pages.parts and the core, never another page."""
    for script in PAGES.rglob("*.py"):
        for name in imported_names(script):
            if name.startswith("pages."):
                assert name.startswith("pages.parts"), f"{script.name} imports {name}"


def test_only_the_caches_cache() -> None:
    """All st.cache_* decorators live in pages/parts/cached.py and derived*.py."""
    parts = PAGES / "parts"
    caches = {parts / "cached.py", *parts.glob("derived*.py")}
    for script in [*PAGES.rglob("*.py"), ROOT / "app.py"]:
        if script not in caches:
            assert "cache_data" not in script.read_text(encoding="utf-8"), script
            assert "cache_resource" not in script.read_text(encoding="utf-8"), script


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_server_never_loads_a_training_library(entry: str) -> None:
    """Importing what the pages and the command line need brings in no deep-learning library."""
    told = subprocess.run(
        [sys.executable, "-c", f"import sys, {entry}; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {name.split(".")[0] for name in told.stdout.split()}
    assert not loaded & ENTRIES[entry]
