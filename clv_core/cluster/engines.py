"""Names of engines, and what each needs before Spark is loaded."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
from pathlib import Path
from typing import Final

from clv_core.errors import InvalidSetting, UserDataError
from clv_core.sentences import Sentence

__all__ = ["is_local", "require_spark"]

_ENGINE: Final = re.compile(r"local(\[(\d+|\*)\])?|spark://[^\s/]+:\d+|yarn|k8s://\S+")


def is_local(engine: str) -> bool:
    """Say whether an engine is this machine alone."""
    return engine.startswith("local")


def require_spark(engine: str) -> None:
    """Refuse an engine that is none, or that cannot be used for lack of what it needs.

    Raises
    ------
    InvalidSetting
        When the word names no engine.
    UserDataError
        When pyspark or Java is missing; says what to install.
    """
    if not _ENGINE.fullmatch(engine):
        raise InvalidSetting(
            Sentence("{engine} is no engine that Perennial knows.", engine=engine),
            Sentence("Write local[*] for this machine, or spark://host:7077 for a cluster."),
        )
    if importlib.util.find_spec("pyspark") is None:
        raise UserDataError(
            Sentence("--engine {engine} needs Spark, which is not installed here.", engine=engine),
            Sentence(
                "Install it with: pip install -r requirements-spark.txt (and Java 17 or newer),"
                " or leave --engine out."
            ),
        )
    if not _has_java():
        raise UserDataError(
            Sentence("--engine {engine} needs Java, which is not installed here.", engine=engine),
            Sentence("Install Java 17 or newer, or leave --engine out."),
        )


def _has_java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return bool(shutil.which("java") or (home and Path(home, "bin", "java").is_file()))
