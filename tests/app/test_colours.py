"""Colours of the figures: seen on light and dark, and told apart by the colour-blind."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from pages.parts import charts, charts_value


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2.2."""
    return float(np.dot(linear_rgb(colour), [0.2126, 0.7152, 0.0722]))


def linear_rgb(colour: str) -> np.ndarray:
    """Return linear-light sRGB from #rrggbb."""
    rgb = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("colour", [*charts.PALETTE, *charts_value.MARKETING_COLOURS.values()])
@pytest.mark.parametrize("background", ["#ffffff", "#121816"])
def test_colours_stand_out_on_both_backgrounds(colour: str, background: str) -> None:
    """Graphics need a contrast of 3 to 1 (WCAG 2.2, 1.4.11)."""
    light, dark = sorted((luminance(colour), luminance(background)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3


# Machado, Oliveira and Fernandes 2009, severity 1: linear RGB as dichromats see it.
VISION = {
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}


@pytest.mark.parametrize("vision", sorted(VISION))
def test_colours_that_carry_meaning_are_told_apart_by_the_colour_blind(vision: str) -> None:
    """Adds and takes, forecast and outcome differ clearly for both common dichromacies."""
    seen = {
        colour: np.clip(np.array(VISION[vision]) @ linear_rgb(colour), 0, 1) ** (1 / 2.2)
        for colour in (charts.GREEN, charts.ORANGE, charts.BLUE)
    }
    for one, other in itertools.combinations(seen.values(), 2):
        assert np.linalg.norm(one - other) > 0.12
