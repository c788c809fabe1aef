"""Every file of the corpus comes out clean, or is refused in the sentence it deserves."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from clv_core.cleaning.clean import clean_tables
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.reading import read_text_rows
from clv_core.ingest.understand import understand_file
from clv_core.settings import CleaningSettings
from tests.core.cleaning.uploads import TODAY, Cleaned
from tests.faults.corpus import CASES, Case

FEWEST = 150
READABLE = [case for case in CASES if case.refused is None]
REFUSED = [case for case in CASES if case.refused is not None]


def bring(case: Case, folder: Path) -> Cleaned:
    """Take a file through understanding, reading and cleaning."""
    path = folder / "upload"
    path.write_bytes(case.content)
    raw = understand_file(path, case.file_name, FileChoice.check(case.choice))
    rows = read_text_rows(raw, folder / "rows.parquet")
    target = folder / "tables"
    target.mkdir()
    return Cleaned(*clean_tables([rows], target, CleaningSettings.check(case.cleaning), TODAY))


def test_the_corpus_is_large_and_names_each_defect_once() -> None:
    """There are many defects, and every one has a name of its own within its theme."""
    assert len(CASES) >= FEWEST
    assert not [case for case, count in Counter(map(id, CASES)).items() if count > 1]


@pytest.mark.parametrize("case", READABLE, ids=lambda case: case.name)
def test_a_defect_costs_no_more_than_its_rows(case: Case, tmp_path: Path) -> None:
    """Orders, customers, money and the account of every row are as they must be."""
    cleaned = bring(case, tmp_path)
    facts = cleaned.report.facts
    assert cleaned.rejected == dict(case.rejected)
    assert (facts.orders, facts.customers) == (case.orders, case.customers)
    assert facts.revenue == pytest.approx(case.revenue)
    assert {code: cleaned.treated.get(code) for code in case.treated} == dict(case.treated)


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_what_cannot_be_used_is_refused_in_a_sentence(case: Case, tmp_path: Path) -> None:
    """The error is the right one, names what is wrong and says what to do."""
    assert case.refused is not None
    with pytest.raises(case.refused) as caught:
        bring(case, tmp_path)
    told = " ".join(map(str, (caught.value.problem, *caught.value.cases)))
    assert case.says in told
    assert str(caught.value.remedy)
