"""What the verb ``prove`` of the command line does."""

from __future__ import annotations

import argparse
import math
from dataclasses import asdict
from typing import Any, Final

from clv_core.call_inputs import find_run, tables_of_run
from clv_core.evaluation.metrics import METRICS
from clv_core.evaluation.proof import Proof, count_standing, summarise_scores
from clv_core.evaluation.proof_words import tell_files, tell_history
from clv_core.evaluation.recommendation import DECISIVE
from clv_core.runs.proof import prove_run
from clv_core.runs.proof_folder import ProofFolder
from clv_core.runs.proof_plan import ProofSettings
from clv_core.storage.atomic import telling_not_writable

SUMMARISED: Final = ("tests", "mean", "deviation", "low", "high")


def prove(options: argparse.Namespace) -> dict[str, Any]:
    """Test a run anew, into its own folder or another; finished parts are not done again."""
    run = find_run(options.run)
    said = {"windows": options.windows, "seeds": options.seeds}
    wanted = ProofSettings.check({name: count for name, count in said.items() if count is not None})
    folder = ProofFolder(options.out or run.folder)
    with telling_not_writable(folder.folder):
        folder.folder.mkdir(parents=True, exist_ok=True)
    with tables_of_run(options, run) as tables:
        proof = prove_run(run, tables, wanted, folder)
    told = _tell(proof)
    if not options.json:
        print("\n".join(told["account"]))
    return {"out": str(folder.folder), **told}


def _tell(proof: Proof) -> dict[str, Any]:
    standings = {metric: asdict(count_standing(proof, metric)) for metric in DECISIVE}
    account = [str(reason) for reason in proof.reasons]
    for metric in DECISIVE:
        told = [tell_history(proof, metric), *tell_files(proof, metric)]
        account += [f"{METRICS[metric].label}: {sentence}" for sentence in told]
    return {
        "model": proof.model,
        "seeds": list(proof.seeds),
        "windows": sorted({day.isoformat() for day in proof.tests["cutoff"]}, reverse=True),
        "standings": standings,
        "scores": {
            metric: {
                row["model"]: {name: _plain(row[name]) for name in SUMMARISED}
                for row in summarise_scores(proof.scores, metric).to_dict("records")
            }
            for metric in DECISIVE
        },
        "stability": None if proof.stability is None else proof.stability.to_json(),
        "account": account,
    }


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else value
