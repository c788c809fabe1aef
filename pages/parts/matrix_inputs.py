"""How columns become numbers: what can be asked of it, and the widgets that ask."""

from __future__ import annotations

from typing import Any

from clv_core.model_settings import MatrixSettings
from pages.parts.inputs import Label, ask_group
from pages.parts.text import _


def matrix_labels(has_categories: bool) -> dict[str, Label]:
    """Return a label for every field of ``MatrixSettings`` that these data have a use for."""
    scaling = {
        "scaling": Label(
            _("Scaling"),
            _("What columns of different size are brought to before the network sees them."),
        )
    }
    categories = {
        "categories": Label(
            _("Categories"),
            _("How a column of words becomes numbers for the network; trees take it as it is."),
        ),
        "embedding_width": Label(
            _("Embedding width"), _("Learned embedding: numbers that stand for one category."), 1
        ),
        "most_categories": Label(
            _("Most categories"),
            _("Of one column; beyond them, the rarest ones count as one."),
            10,
        ),
    }
    return scaling | (categories if has_categories else {}) | _refinement_labels()


def _refinement_labels() -> dict[str, Label]:
    """Return labels for what is left out of the columns, multiplied and compressed."""
    return {
        "selection": Label(
            _("Columns left out"),
            _(
                "Correlation: of columns that say nearly the same, the one that tells most stays."
                " Importance: the columns stay without which trees tell least."
            ),
        ),
        "correlation_limit": Label(
            _("Correlation limit"),
            _("For the correlation: two columns above it say nearly the same."),
            0.01,
        ),
        "kept_share": Label(
            _("Share of columns kept"), _("For the importance: how many of them stay."), 0.05
        ),
        "crosses": Label(
            _("Products of columns"),
            _(
                "Learned from beside the columns, for all models but trees: of recency, frequency"
                " and money, or of those columns that trees look at one after the other."
            ),
        ),
        "most_crosses": Label(_("Most products"), _("How many products there are, at most."), 1),
        "compression": Label(
            _("Compression"),
            _(
                "Columns as fewer numbers: principal components, or the code of a small network"
                " that learns to tell the columns from it. Trees read the columns themselves."
            ),
        ),
        "compressed_variance": Label(
            _("Variance kept"), _("For principal components: share of what varies."), 0.01
        ),
        "compressed_width": Label(
            _("Width of the code"), _("For the autoencoder: how many numbers there are."), 1
        ),
    }


def ask_matrix(has_categories: bool) -> dict[str, Any]:
    """Ask how columns become numbers; not yet checked."""
    return ask_group(MatrixSettings(), matrix_labels(has_categories), "matrix")
