"""Measures the installed daemon beside ExaBGP 5.0.15 with the benchmark kit, in one run.

    python benchmarks/side_by_side.py [--kit FOLDER] [--runs 3] [--large]

Needs root (each run has a network namespace of its own), a C compiler, and pip for ExaBGP, which goes into a virtual
environment that is thrown away.  The kit is looked for in $BENCH, else in ../shared/bench beside the checkout.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from statistics import median

PEER = "exabgp-5.0.15"
OURS = "bgptwist"
TWISTD = Path(sys.executable).with_name("twistd")


def prepare(kit: Path, folder: Path) -> Path:
    """A copy of the kit that is built and knows both daemons."""
    copy = folder / "bench"
    shutil.copytree(kit, copy)
    subprocess.run(["make", "-s"], cwd=copy, check=True)
    venv.create(folder / "peer", with_pip=True)
    programs = folder / "peer" / "bin"
    subprocess.run([programs / "pip", "install", "--quiet", "exabgp==5.0.15"], check=True)
    daemons = {"exabgp": {PEER: str(programs / "exabgp")}, "twistd": str(TWISTD)}
    (copy / "daemons.json").write_text(json.dumps(daemons))
    return copy


def measure(kit: Path, daemon: str, work: str, *options: str) -> None:
    """One row of results."""
    command = [sys.executable, "bench.py", "--daemon", daemon, "--work", work, "--out", "results.jsonl", *options]
    if work == "C":
        command.append("--helper")
    subprocess.run(command, cwd=kit, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=600)


def ratios(kit: Path) -> None:
    """How much CPU the two need for 10,000 routes, as medians against the loop measured beside each run."""
    rows = [json.loads(line) for line in (kit / "results.jsonl").read_text().splitlines()]
    print(f"\n{'work':<6}{PEER:>16}{OURS:>12}{'times less':>12}   (median CPU seconds of the daemon)")
    for work in "ABC":
        found = {}
        for daemon in (PEER, OURS):
            mine = [row for row in rows if (row["daemon"], row["work"], row["n"]) == (daemon, work, 10_000)]
            found[daemon] = median(row["cpu"] for row in mine)
        print(f"{work:<6}{found[PEER]:>16.2f}{found[OURS]:>12.2f}{found[PEER] / found[OURS]:>12.1f}")


def main() -> int:
    """Run everything and print the tables."""
    parser = argparse.ArgumentParser()
    default = os.environ.get("BENCH") or Path(__file__).resolve().parents[2] / "shared" / "bench"
    parser.add_argument("--kit", type=Path, default=Path(default), help="folder of the benchmark kit")
    parser.add_argument("--runs", type=int, default=3, help="runs of A, B and C for each daemon")
    parser.add_argument("--large", action="store_true", help="ours alone with 100,000 routes, and with 100 peers")
    found = parser.parse_args()
    if not (found.kit / "bench.py").exists():
        print(f"there is no benchmark kit in {found.kit}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as name:
        kit = prepare(found.kit, Path(name))
        for work in "ABC":
            for _ in range(found.runs):
                for daemon in (PEER, OURS):
                    measure(kit, daemon, work, "--n", "10000")
        for work in "LE":
            for daemon in (PEER, OURS):
                measure(kit, daemon, work)
        if found.large:
            for work in "ABC":
                measure(kit, OURS, work, "--n", "100000")
                measure(kit, f"{OURS}-asyncio", work, "--n", "10000")
            measure(kit, OURS, "D", "--n", "1000", "--peers", "100")
        subprocess.run([sys.executable, "summary.py", "results.jsonl"], cwd=kit, check=True)
        ratios(kit)
    return 0


if __name__ == "__main__":
    sys.exit(main())
