# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the checks of this repository, all or those that are named, and counts what passed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

CHECKOUT = Path(__file__).resolve().parent.parent
RESULTS = CHECKOUT / ".cache" / "results"
CORE = "*/plugins/module_utils/core/*"


@dataclass(frozen=True)
class Check:
    """One command; where it is pytest, each of its tests counts."""

    name: str
    command: str
    is_pytest: bool = False
    needs_root: bool = False


@dataclass(frozen=True)
class Count:
    """How many passed, failed, and were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def pytest(name: str, *words: str) -> Check:
    """Tests on real engines, which take root."""
    return Check(name, " ".join(("python -m pytest -q", *words)), is_pytest=True, needs_root=True)


ENGINES = "tests/integration/engine"
# Hosts on which an engine stands that many tests change: they are told apart to run beside the others.
STANDING = tuple(
    f"{ENGINES}/test_{name}.py"
    for name in ("config", "data_root", "kernel", "ports", "reload", "sources", "versions")
)
# Stage after stage; the lanes of a stage run at the same time, since one mostly waits for its hosts.
Lane = t.Tuple[Check, ...]
STAGES: tuple[tuple[Lane, ...], ...] = (
    (
        (
            Check("ruff", "ruff check ."),
            Check("mypy", "mypy -p ansible_collections.slipway.docker.plugins -p tests"),
            Check("yamllint", "yamllint --strict ."),
            Check("ansible-lint", "ansible-lint --offline"),
            Check("sanity", "tools/sanity"),
            Check("unit", "coverage run -m pytest -q tests/unit tests/oracles", is_pytest=True),
            Check("coverage", f"coverage report --include={CORE} --fail-under=100"),
            Check("engine", "tools/engine"),
        ),
    ),
    (
        (pytest("engines", ENGINES, *(f"--ignore={path}" for path in STANDING)),),
        (pytest("standing", *STANDING),),
        (
            pytest("integration", "tests/integration", f"--ignore={ENGINES}"),
            Check("molecule", "molecule test --all", needs_root=True),
        ),
    ),
    # Alone, since it counts what a client notices.
    ((pytest("faults", "tests/faults"),),),
)
CHECKS = tuple(check for stage in STAGES for lane in stage for check in lane)


def main(names: t.Sequence[str]) -> int:
    """The exit status: 1 if anything failed."""
    unknown = set(names) - {check.name for check in CHECKS}
    if unknown:
        known, listed = ", ".join(check.name for check in CHECKS), ", ".join(sorted(unknown))
        sys.exit(f"tools/check.py: no check is named {listed}; there are {known}")
    begun = time.monotonic()
    counts: dict[str, Count] = {}
    for stage in STAGES:
        lanes = [[check for check in lane if not names or check.name in names] for lane in stage]
        with ThreadPoolExecutor(len(lanes)) as workers:
            list(workers.map(lambda lane: walk(lane, counts), filter(None, lanes)))
    total = sum(counts.values(), Count())
    print()
    for check in CHECKS:
        if check.name in counts:
            print(f"{check.name:14}{counts[check.name]}")
    print(f"===== {total} in {time.monotonic() - begun:.0f}s =====")
    return 1 if total.failed else 0


def walk(lane: t.Iterable[Check], counts: dict[str, Count]) -> None:
    """Run the checks of a lane, one after the other."""
    for check in lane:
        counts[check.name] = run(check)


def run(check: Check) -> Count:
    """Run one check; each line that it says stands behind its name."""
    print(f"\033[1m==> {check.name}: {check.command}\033[0m", flush=True)
    junit = RESULTS / f"{check.name}.xml"
    words = check.command.split()
    if check.is_pytest:
        junit.unlink(missing_ok=True)
        words.append(f"--junitxml={junit}")
    status = said(check.name, [*as_root(check), *words])
    if as_root(check):
        owner = f"{os.geteuid()}:{os.getegid()}"
        subprocess.call(["sudo", "chown", "-R", owner, ".cache"], cwd=CHECKOUT)
    if check.is_pytest and junit.exists():
        return counted(junit, status)
    return Count(failed=1) if status else Count(passed=1)


def said(name: str, words: t.Sequence[str]) -> int:
    """Run a command and say what it says, line by line; returns its status."""
    with subprocess.Popen(
        words,
        cwd=CHECKOUT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as running:
        for line in running.stdout or ():
            print(f"{name}: {line.rstrip()}", flush=True)
    return running.returncode


def as_root(check: Check) -> list[str]:
    """What to put before a command that acts on the engine."""
    needed = check.needs_root and os.geteuid() != 0
    return ["sudo", "--preserve-env", "env", f"PATH={environment()['PATH']}"] if needed else []


def environment() -> dict[str, str]:
    """Ours, with the programs of .venv first and this checkout as a collection."""
    return {
        **os.environ,
        "PATH": f"{CHECKOUT / '.venv' / 'bin'}:{os.environ['PATH']}",
        "ANSIBLE_COLLECTIONS_PATH": str(CHECKOUT / ".cache"),
        "MOLECULE_GLOB": "molecule/*/molecule.yml",
    }


def counted(junit: Path, status: int) -> Count:
    """What pytest reports; a failure that it can't attribute to a test counts as one."""
    suite = ElementTree.parse(junit).getroot().find("testsuite")
    tests, skipped, failures, errors = (
        int(suite.get(key, 0)) if suite is not None else 0
        for key in ("tests", "skipped", "failures", "errors")
    )
    failed = max(failures + errors, 1 if status else 0)
    return Count(max(tests - skipped - failed, 0), failed, skipped)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
