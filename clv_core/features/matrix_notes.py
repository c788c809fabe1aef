"""What a fitted matrix left out and made, told for whoever reads a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial, reduce
from typing import Final

from clv_core.features.catalogue import CATALOGUE
from clv_core.features.matrix import FeatureMatrix
from clv_core.model_settings import Selection
from clv_core.sentences import Sentence

__all__ = ["describe_dropped", "describe_matrix", "label_feature"]

MOST_NAMED: Final = 12


def describe_matrix(matrix: FeatureMatrix, has_own_names: bool) -> tuple[Sentence, ...]:
    """Say which columns were left out, multiplied and compressed; nothing by default.

    Parameters
    ----------
    matrix : FeatureMatrix
        Fitted.
    has_own_names : bool
        Whether features bear the user's own headers, which need not mean what the
        same name means in ``features.catalogue``.
    """
    label = partial(label_feature, has_own_names=has_own_names)
    columns = len(matrix.column_names_)
    notes = list(
        describe_dropped(
            list(map(label, matrix.source_of_dropped_.values())),
            columns + len(matrix.source_of_dropped_),
            matrix.settings.selection,
        )
    )
    refinement = matrix.refinement_
    if refinement is not None and refinement.crosses is not None:
        sources = [label(matrix.source_of_column_[name]) for name in matrix.column_names_]
        pairs = refinement.crosses.pairs.tolist()
        named = [Sentence("{one} × {other}", one=sources[a], other=sources[b]) for a, b in pairs]
        columns += len(pairs)
        notes.append(
            Sentence(
                "Products of two columns are learnt from as well: {names}.", names=_join(named)
            )
        )
    elif matrix.settings.crosses != "none":
        notes.append(Sentence("No two columns could be multiplied."))
    if refinement is not None and refinement.components is not None:
        notes.append(
            Sentence(
                "{columns} columns are compressed to {width} numbers.",
                columns=columns,
                width=refinement.components.width,
            )
        )
    return tuple(notes)


def describe_dropped(
    dropped: Sequence[Sentence], columns: int, selection: Selection
) -> tuple[Sentence, ...]:
    """Say how many of the columns were left out, why, and of which features.

    Parameters
    ----------
    dropped : sequence of Sentence
        The feature's label per column that was left out.
    columns : int
        How many there were.
    selection : str
    """
    if not dropped:
        return ()
    names = _join(dict.fromkeys(dropped))
    if selection == "correlation":
        return (
            Sentence(
                "{count} of {columns} columns are left out, as others say nearly the same: "
                "{names}.",
                count=len(dropped),
                columns=columns,
                names=names,
            ),
        )
    return (
        Sentence(
            "{count} of {columns} columns are left out, as they tell least: {names}.",
            count=len(dropped),
            columns=columns,
            names=names,
        ),
    )


def label_feature(feature: str, has_own_names: bool) -> Sentence:
    """Return what a feature is called; its own name where the catalogue has none."""
    if feature in CATALOGUE and not has_own_names:
        return CATALOGUE[feature].label
    return Sentence("{name}", name=feature)


def _join(names: Iterable[Sentence]) -> Sentence:
    listed = list(names)
    if len(listed) > MOST_NAMED:
        more = Sentence("{count} more", count=len(listed) - MOST_NAMED)
        listed = [*listed[:MOST_NAMED], more]
    return reduce(lambda before, name: Sentence("{names}, {name}", names=before, name=name), listed)
