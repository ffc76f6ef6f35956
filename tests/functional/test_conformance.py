"""The session cases of the conformance kit, run once by the kit itself against the installed daemon.

The kit is the folder named by CONFORMANCE, or `shared/conformance` beside the checkout.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from daemon import BIN, REACTOR

HERE = Path(__file__).resolve().parent
KIT = Path(os.environ.get("CONFORMANCE") or HERE.parents[2] / "shared" / "conformance")
CASES = [line for line in (HERE / "unicast-cases.txt").read_text().split("\n") if line and not line.startswith("#")]

TEMPLATE = (
    "exabgp_version=5.0.0-0+test exabgp_tcp_port={port} exabgp_tcp_connections={connections} exabgp_tcp_bind= "
    "exabgp_api_version={api} bgptwist_compat_generation=5 exabgp_daemon_user=root "
    "twistd --reactor={reactor} --nodaemon --pidfile= bgptwist {configs}"
)

pytestmark = pytest.mark.skipif(
    not (KIT / "corpus" / "seed").is_dir(),
    reason=f"no conformance kit in {KIT}: set CONFORMANCE to its folder; only our own cases are run",
)


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What the kit says about each case, by the case's name."""
    folder = tmp_path_factory.mktemp("conformance")
    report = folder / "results.json"
    command = [sys.executable, "-m", "conformance", "run", "--daemon", TEMPLATE, "--reactor", REACTOR]
    command += ["--corpus", str(KIT / "corpus" / "seed"), "--jobs", "4", "--retries", "1", "--json", str(report)]
    path = os.pathsep.join((str(BIN), os.environ.get("PATH", os.defpath)))
    environment = os.environ | {"PATH": path, "PYTHONPATH": str(KIT), "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.run([*command, *CASES], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode in (0, 1), f"the kit could not work: {run.stderr}"
    return {Path(result["name"]).name: result for result in json.loads(report.read_text())}


@pytest.mark.parametrize("case", CASES)
def test_the_daemon_speaks_as_the_case_demands(results: dict[str, dict[str, Any]], case: str) -> None:
    result = results[case]
    lines = [
        *result["failures"],
        *result["details"],
        "wire:",
        *result["wire"][-20:],
        "output:",
        result["output"][-4000:],
    ]
    assert not result["failures"], "\n".join(lines)
