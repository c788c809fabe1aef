"""What tests of runs share: the small shop's tables and how its run cut the days."""

from __future__ import annotations

import pytest

from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.features.windows import WindowPlan
from clv_core.runs.folder import RunFolder
from clv_core.runs.proof_plan import ProofPlan, ProofSettings, plan_proof
from tests.conftest import QUICK_SETTINGS


@pytest.fixture(scope="module")
def tables(small_tables: tuple[Tables, QualityReport]) -> Tables:
    """Return the tables of the small shop."""
    return small_tables[0]


@pytest.fixture(scope="module")
def newest(small_run: RunFolder) -> WindowPlan:
    """Return how the run's own days were cut."""
    plan = small_run.plan()
    assert isinstance(plan, WindowPlan)
    return plan


def lay_out(tables: Tables, newest: WindowPlan, windows: int, seeds: int) -> ProofPlan:
    """Return a plan for a run with the ensemble in use."""
    wanted = ProofSettings(windows=windows, seeds=seeds)
    return plan_proof(tables, newest, QUICK_SETTINGS, "ensemble", wanted)
