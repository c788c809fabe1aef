"""The feature matrix learnt for a model: by what settings ask for, with what it takes to train."""

from __future__ import annotations

from typing import Final

import pandas as pd

from clv_core.errors import InvalidSetting
from clv_core.features.components import Components
from clv_core.features.matrix import FeatureMatrix
from clv_core.model_settings import MatrixSettings
from clv_core.models.labelled_rows import Array
from clv_core.sentences import Sentence
from clv_core.settings import MissingValues

__all__ = ["learn_matrix", "refuse_compression", "refuse_refinement"]

PLAIN: Final = "none"


def learn_matrix(
    features: pd.DataFrame,
    spend: Array,
    settings: MatrixSettings,
    missing: MissingValues,
    seed: int,
) -> FeatureMatrix:
    """Fit a matrix on training rows; only an autoencoder loads Keras for it.

    Parameters
    ----------
    features : DataFrame
    spend : ndarray, shape (rows,)
        The rows' label.
    settings : MatrixSettings
    missing : {"drop", "mean", "median", "regression"}
    seed : int
        For an autoencoder.

    Raises
    ------
    InvalidSetting
        Where categories are to be embedded and compressed both.
    """

    def learn_code(columns: Array) -> Components:
        from clv_core.models.autoencoder import train_encoder  # noqa: PLC0415

        return train_encoder(columns, settings.compressed_width, seed)

    matrix = FeatureMatrix(settings, missing).fit(features, spend, learn_code)
    is_compressed = settings.compression != PLAIN
    if is_compressed and settings.categories == "embedding" and matrix.categories_:
        raise InvalidSetting(
            Sentence("Categories cannot be embedded and compressed at once."),
            Sentence("Choose one column per category, or no compression."),
        )
    return matrix


def refuse_compression(settings: MatrixSettings, model: Sentence) -> None:
    """Refuse to compress columns for a model whose reasons could then not be told by feature.

    Raises
    ------
    InvalidSetting
    """
    if settings.compression != PLAIN:
        raise InvalidSetting(
            Sentence(
                "{model} cannot learn from compressed columns: its reasons could not be told by "
                "feature.",
                model=model,
            ),
            Sentence("Choose no compression, or leave this model out."),
        )


def refuse_refinement(settings: MatrixSettings, model: Sentence) -> None:
    """Refuse crosses and compression where reasons could then not be told by feature.

    Raises
    ------
    InvalidSetting
    """
    refuse_compression(settings, model)
    if settings.crosses != PLAIN:
        raise InvalidSetting(
            Sentence(
                "{model} cannot learn from products of columns: its reasons could not be told by "
                "feature.",
                model=model,
            ),
            Sentence("Choose no crosses, or leave this model out."),
        )
