"""Networks that read months, in JAX: a forward pass that can be differentiated.

The numpy form (``models.sequence_network``) scores; this one only explains. Imports
JAX where it computes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from clv_core.model_settings import Activation
from clv_core.models.backend import import_jax
from clv_core.models.dense import DenseNetwork
from clv_core.models.encoders import Encoder
from clv_core.models.heads import SIGMA_FLOOR, Head
from clv_core.models.sequence_network import SequenceNetwork

MoneyFunction = Callable[[Any, Any, Any], Any]
"""Takes sequences, matrix and log factors, gives money, shape (rows,)."""


def build_money(network: SequenceNetwork) -> MoneyFunction:
    """Return the network's money as a function that JAX can differentiate.

    Parameters
    ----------
    network : SequenceNetwork

    Returns
    -------
    callable
        Takes the sequence, shape (rows, bins, channels), the matrix, shape (rows,
        columns), without columns where the network reads none, and log factors,
        shape (rows, factors).
    """
    numpy = import_jax().numpy

    def money(sequence: Any, matrix: Any, log_factors: Any) -> Any:
        code = _encode(network.encoder, sequence)
        outputs = _run_dense(network.trunk, numpy.concatenate([matrix, code], axis=1))
        if network.wide is not None:
            outputs = outputs + matrix @ network.wide
        return _to_money(network.head, outputs, log_factors.sum(axis=1))

    return money


def _run_dense(network: DenseNetwork, rows: Any) -> Any:
    activate = _activation(network.activation)
    values = rows
    for number, (kernel, bias) in enumerate(zip(network.kernels, network.biases, strict=True)):
        values = (activate(values) if number else values) @ kernel + bias
    return values


def _encode(encoder: Encoder, sequence: Any) -> Any:
    match encoder.kind:
        case "gru":
            return _run_gru(sequence, *encoder.weights)
        case "lstm":
            return _run_lstm(sequence, *encoder.weights)
        case "conv1d":
            return _convolve(encoder, sequence)


def _run_gru(sequence: Any, kernel: Any, recurrent: Any, bias: Any) -> Any:
    jax = import_jax()
    units = len(recurrent)

    def step(state: Any, given: Any) -> tuple[Any, None]:
        inner = state @ recurrent + bias[1]
        gates = jax.nn.sigmoid(given[:, : 2 * units] + inner[:, : 2 * units])
        update, reset = gates[:, :units], gates[:, units:]
        candidate = jax.numpy.tanh(given[:, 2 * units :] + reset * inner[:, 2 * units :])
        return candidate + update * (state - candidate), None

    projected = (sequence @ kernel + bias[0]).transpose(1, 0, 2)
    start = jax.numpy.zeros((len(sequence), units), sequence.dtype)
    return jax.lax.scan(step, start, projected)[0]


def _run_lstm(sequence: Any, kernel: Any, recurrent: Any, bias: Any) -> Any:
    jax = import_jax()
    sigmoid, tanh = jax.nn.sigmoid, jax.numpy.tanh

    def step(carried: tuple[Any, Any], given: Any) -> tuple[tuple[Any, Any], None]:
        state, memory = carried
        take, keep, new, show = jax.numpy.split(given + state @ recurrent, 4, axis=1)
        memory = sigmoid(keep) * memory + sigmoid(take) * tanh(new)
        return (sigmoid(show) * tanh(memory), memory), None

    projected = (sequence @ kernel + bias).transpose(1, 0, 2)
    start = jax.numpy.zeros((len(sequence), len(recurrent)), sequence.dtype)
    return jax.lax.scan(step, (start, start), projected)[0][0]


def _convolve(encoder: Encoder, sequence: Any) -> Any:
    jax = import_jax()
    first, first_bias, second, second_bias = encoder.weights
    activate = _activation(encoder.activation)

    def slide(values: Any, kernel: Any, stride: int, before: int) -> Any:
        return jax.lax.conv_general_dilated(
            values, kernel, (stride,), [(before, 0)], dimension_numbers=("NWC", "WIO", "NWC")
        )

    seen = activate(slide(sequence, first, 1, len(first) - 1) + first_bias)
    summed = activate(slide(seen, second, len(second), 0) + second_bias)
    return summed.reshape(len(summed), -1)


def _activation(name: Activation) -> Callable[[Any], Any]:
    jax = import_jax()
    if name == "gelu":
        return lambda values: jax.nn.gelu(values, approximate=False)
    found: Callable[[Any], Any] = getattr(jax.nn, name)
    return found


def _to_money(head: Head, outputs: Any, log_factor: Any) -> Any:
    """Follow ``models.heads`` output by output."""
    numpy = import_jax().numpy
    if head.kind == "linear":
        return (head.shift + head.scale * outputs[:, 0]) * numpy.exp(log_factor)
    came_in = numpy.minimum(_log_income(head, outputs), head.log_cap)
    money = numpy.exp(came_in + log_factor)
    if head.kind != "signed_ziln":
        return money
    log_sigmoid = import_jax().nn.log_sigmoid
    chance = log_sigmoid(-outputs[:, 0]) + log_sigmoid(outputs[:, 3])
    refund = chance + outputs[:, 4] + _half_variance(outputs[:, 5])
    return money - numpy.exp(numpy.minimum(refund, head.log_refund_cap) + log_factor)


def _log_income(head: Head, outputs: Any) -> Any:
    jax = import_jax()
    log_scale = math.log(head.scale)
    match head.kind:
        case "ziln" | "signed_ziln":
            chance = jax.nn.log_sigmoid(outputs[:, 0])
            return chance + outputs[:, 1] + _half_variance(outputs[:, 2])
        case "hurdle":
            return jax.nn.log_sigmoid(outputs[:, 0]) + outputs[:, 1] + log_scale
        case "buys":
            return jax.nn.log_sigmoid(outputs[:, 0])
        case _:
            return outputs[:, 0] + log_scale


def _half_variance(output: Any) -> Any:
    jax = import_jax()
    return 0.5 * jax.numpy.maximum(jax.nn.softplus(output), SIGMA_FLOOR) ** 2
