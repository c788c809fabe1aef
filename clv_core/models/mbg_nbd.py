"""MBG/NBD: customers may leave right after any purchase, the first one included.

Batislam, Denizel & Filiztekin (2007), Empirical validation and comparison of
models for customer base analysis, International Journal of Research in
Marketing 24(3), 201-209; the same model as the central variant of Hoppe & Wagner
(2007), Customer base analysis: the case for a central variant of the Betageometric/NBD
model, Marketing: Journal of Research and Management 3(2), 75-90.
"""

from __future__ import annotations

from typing import ClassVar

from clv_core.models.bg_nbd import BgNbd
from clv_core.models.maximum_likelihood import Limits


class MbgNbd(BgNbd):
    """Modified beta-geometric / negative binomial model.

    As the BG/NBD, but the first purchase is followed by the same chance of
    leaving as any other. So who bought once may have left already, and P(alive)
    of one-time buyers falls the longer they are silent.

    With x repeat purchases x + 1 chances of leaving were met and not x, which is
    all that changes: k = x + 1 stands for x wherever those chances are counted
    (Batislam et al. 2007, equations 5 to 8).
    """

    title: ClassVar[str] = "MBG/NBD"
    chances_at_first: ClassVar[int] = 1
    limits: ClassVar[tuple[Limits, ...]] = (
        Limits("r", 1e-3, 1e3, 0.5),
        Limits("alpha", 1e-3, 1e5, 8.0),
        Limits("a", 1e-4, 1e3, 0.8),
        Limits("b", 1e-3, 1e3, 1.6),
    )
