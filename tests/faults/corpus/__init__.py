"""Small files with one defect each, and what must become of them."""

from tests.faults.corpus import (
    amounts,
    containers,
    days,
    encodings,
    headers,
    layouts,
    people,
    sales,
)
from tests.faults.corpus.case import Case

CASES: tuple[Case, ...] = (
    *layouts.CASES,
    *encodings.CASES,
    *containers.CASES,
    *headers.CASES,
    *amounts.CASES,
    *days.CASES,
    *people.CASES,
    *sales.CASES,
)
