"""The cases of the conformance kit, run once by the kit itself against the installed daemon and its tools.

The kit is the folder named by CONFORMANCE, or `shared/conformance` beside the checkout.
"""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from daemon import BIN, REACTOR

HERE = Path(__file__).resolve().parent
KIT = Path(os.environ.get("CONFORMANCE") or HERE.parents[2] / "shared" / "conformance")

SETTINGS = "exabgp_api_version={{api}} bgptwist_compat_generation={generation}"

TEMPLATES = {
    "run": f"{SETTINGS} exabgp_version=5.0.0-0+test exabgp_tcp_port={{{{port}}}} exabgp_tcp_bind= "
    "exabgp_tcp_connections={{connections}} exabgp_daemon_user=root "
    "twistd --reactor={{reactor}} --nodaemon --pidfile= bgptwist {{configs}}",
    "decode": f"{SETTINGS} bgptwist decode {{{{family}}}} --{{{{type}}}} {{{{packet}}}}",
    "events": f"{SETTINGS} bgptwist decode -c {{{{config}}}}",
    "encode": f"{SETTINGS} bgptwist encode -c {{{{config}}}}",
    "validate": "bgptwist_compat_generation={generation} bgptwist validate -nrv {{config}}",
}
"""How the kit starts what it tests, by its mode."""


class Run(NamedTuple):
    """One run of the kit: its mode, a corpus, and the generation of ExaBGP that this corpus is of."""

    mode: str
    corpus: str
    generation: int


RUNS = (
    Run("run", "seed", 5),
    Run("run", "main", 6),
    Run("run", "main-v6", 6),
    Run("decode", "seed", 5),
    Run("decode", "main", 6),
    Run("events", "main", 6),
    Run("encode", "main", 6),
    Run("validate", "seed", 5),
    Run("validate", "main", 6),
)
if REACTOR != "epoll":
    RUNS = tuple([run for run in RUNS if run.mode == "run"])  # the tools have no reactor

WANTED = {"events": "json", "encode": "cmd"}
"""What a session case must have to be one of these modes."""


def cases(run: Run) -> Iterator[str]:
    """The names of the cases of a run."""
    for path in sorted((KIT / "corpus" / run.corpus).glob("*/case.toml")):
        case = tomllib.loads(path.read_text())
        kind = case["kind"]
        if run.mode in WANTED:
            steps = [step for group in case.get("group", ()) for step in group["steps"]]
            if kind == "session" and any(WANTED[run.mode] in step for step in steps):
                yield path.parent.name
        elif kind == ("session" if run.mode == "run" else run.mode):
            yield path.parent.name


CASES = [(run, case) for run in RUNS for case in cases(run)]
IDS = [f"{run.mode}-{run.corpus}-{case}" for run, case in CASES]

if not CASES:
    pytest.skip(
        f"no conformance kit in {KIT}: set CONFORMANCE to its folder; only our own cases are run",
        allow_module_level=True,
    )


class Results:
    """What the kit says about each case, one run of it after the other, each when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: dict[Run, dict[str, dict[str, Any]]] = {}

    def of(self, run: Run) -> dict[str, dict[str, Any]]:
        """By the name of a case."""
        if run not in self.known:
            self.known[run] = self.play(run)
        return self.known[run]

    def play(self, run: Run) -> dict[str, dict[str, Any]]:
        report = self.folder / f"{run.mode}-{run.corpus}.json"
        template = TEMPLATES[run.mode].format(generation=run.generation)
        command = [sys.executable, "-m", "conformance", run.mode, "--daemon", template]
        if run.mode == "run":
            command += ["--reactor", REACTOR]
        command += [
            "--corpus",
            str(KIT / "corpus" / run.corpus),
            "--jobs",
            "4",
            "--retries",
            "1",
            "--json",
            str(report),
        ]
        path = os.pathsep.join((str(BIN), os.environ.get("PATH", os.defpath)))
        environment = os.environ | {"PATH": path, "PYTHONPATH": str(KIT), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode in (0, 1), f"the kit could not work: {done.stderr}"
        return {Path(result["name"]).name: result for result in json.loads(report.read_text())}


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return Results(tmp_path_factory.mktemp("conformance"))


@pytest.mark.parametrize(("run", "case"), CASES, ids=IDS)
def test_the_daemon_speaks_as_the_case_demands(results: Results, run: Run, case: str) -> None:
    result = results.of(run)[case]
    lines = [
        *result["failures"],
        *result["details"],
        "wire:",
        *result["wire"][-20:],
        "output:",
        result["output"][-4000:],
    ]
    assert not result["failures"], "\n".join(lines)
