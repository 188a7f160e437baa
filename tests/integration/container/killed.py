# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that dies before or after its k-th call that changes something: what a power cut leaves."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.outside.engine_api import EngineApi
from tests.integration.container.ground import Ground, container

ROOT = pathlib.Path(__file__).resolve().parents[3]
SURVIVED, KILLED = 0, 9


def run_and_kill(
    ground: Ground, name: str, fields: t.Mapping[str, t.Any], after: int, late: bool
) -> bool:
    """Run in a process of its own that dies at its n-th call; True where it came to its end."""
    words = [
        ground.docker_host,
        str(ground.state),
        name,
        json.dumps(dict(fields)),
        str(after),
        str(late),
    ]
    environment = {**os.environ, "PYTHONPATH": "{0}:{0}/.cache".format(ROOT)}
    command = [sys.executable, "-m", "tests.integration.container.killed", *words]
    done = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode in (SURVIVED, KILLED), done.stderr
    return done.returncode == SURVIVED


def die_at(number: int, late: bool) -> None:
    """Have this process die at a call, before it is made or after the engine has answered."""
    left = [number]

    def dying(call: t.Callable[..., t.Any]) -> t.Callable[..., t.Any]:
        def made(self: EngineApi, *words: t.Any, **more: t.Any) -> t.Any:
            left[0] -= 1
            if left[0] == 0 and not late:
                os._exit(KILLED)
            answer = call(self, *words, **more)
            if left[0] == 0:
                os._exit(KILLED)
            return answer

        return made

    EngineApi.post = dying(EngineApi.post)  # type: ignore[method-assign]
    EngineApi.delete = dying(EngineApi.delete)  # type: ignore[method-assign]


def main() -> None:
    docker_host, state, name, fields, number, late = sys.argv[1:]
    die_at(int(number), late == "True")
    report = Ground(docker_host, pathlib.Path(state)).converge(
        container(name, **json.loads(fields))
    )
    sys.exit(report.failure() or SURVIVED)


if __name__ == "__main__":
    main()
