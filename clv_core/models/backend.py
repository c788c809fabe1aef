"""The one place where Keras is imported and told to run on JAX.

Only code that trains may call :func:`import_keras`. The server and scoring use
``models.dense`` and never load Keras: Streamlit clears the Keras session after
every rerun and each page becomes slower once Keras is in the process.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

_CACHE_OPTIONS = {
    # JAX skips small, quickly compiled programs by default; ours all are.
    "jax_persistent_cache_min_compile_time_secs": 0,
    "jax_persistent_cache_min_entry_size_bytes": -1,
}


def import_keras() -> Any:
    """Import Keras on the JAX backend, on the processor.

    Returns
    -------
    module
        ``keras``.

    Raises
    ------
    RuntimeError
        If something imported Keras on another backend before us.
    """
    os.environ["KERAS_BACKEND"] = "jax"
    import_jax()
    import keras  # noqa: PLC0415

    if keras.backend.backend() != "jax":
        raise RuntimeError(f"Keras already runs on {keras.backend.backend()}, not on JAX.")
    return keras


def import_jax() -> Any:
    """Import JAX for the processor.

    Returns
    -------
    module
        ``jax``.
    """
    # Without this JAX searches for accelerators and may warn on every start.
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    import jax  # noqa: PLC0415

    return jax


def use_compilation_cache(folder: Path) -> None:
    """Keep compiled programs in a folder, so that a repeated fit starts at once.

    Losses are identical with and without the cache. May be called before or
    after JAX is imported, and does not import it.

    Parameters
    ----------
    folder : Path
        Made if missing; may be shared by processes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    options: dict[str, Any] = {"jax_compilation_cache_dir": str(folder), **_CACHE_OPTIONS}
    for name, value in options.items():
        os.environ[name.upper()] = str(value)
    if "jax" in sys.modules:
        for name, value in options.items():
            sys.modules["jax"].config.update(name, value)
