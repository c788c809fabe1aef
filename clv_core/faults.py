"""Our own faults, told without what a customer's data may have put into their messages."""

from __future__ import annotations

import traceback

__all__ = ["ProcessFault", "describe_fault"]


class ProcessFault(RuntimeError):
    """A fault in another process of ours; its text is what :func:`describe_fault` said there."""


def describe_fault(error: BaseException) -> str:
    """Say where an error came from, without its message: that may quote a customer's data."""
    told = []
    seen: set[int] = set()  # chains of causes can lead back to where they began
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        kind = type(cause)
        told.append("".join(traceback.format_tb(cause.__traceback__)))
        told.append(f"{kind.__module__}.{kind.__qualname__}\n")
        if isinstance(cause, ProcessFault):
            told.append(str(cause))
        cause = cause.__cause__ or cause.__context__
    return "".join(told)
