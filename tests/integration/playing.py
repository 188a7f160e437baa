# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays run as a user runs them, and what each task returned."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import re
import subprocess
import sys
import typing as t

ROOT = pathlib.Path(__file__).resolve().parents[2]
RESULT = re.compile(
    r"^(ok|changed|failed|fatal): \[(\S+)\](?:: FAILED!)?(?: => (\{.*\}))?$", re.MULTILINE
)
Task = t.Dict[str, t.Any]


@dataclasses.dataclass(frozen=True)
class Played:
    """How a play ended: its exit status, what it printed, and the results of its tasks in their order."""

    status: int
    text: str
    results: tuple[dict[str, t.Any], ...]

    @property
    def plan(self) -> list[str]:
        """The plan of the last task."""
        return list(self.results[-1]["plan"])

    @property
    def changed(self) -> bool:
        """Whether the last task changed anything."""
        return bool(self.results[-1]["changed"])

    @property
    def message(self) -> str:
        """Why the last task failed."""
        return str(self.results[-1].get("msg", ""))


def play(
    folder: pathlib.Path, tasks: t.Sequence[Task], check: bool = False, **play_keys: t.Any
) -> Played:
    """Run tasks on this machine; a task that fails is not an error here, so that tests can look at it."""
    book = folder / "play.yml"
    head = {"hosts": "localhost", "connection": "local", "gather_facts": False}
    book.write_text(
        json.dumps([{**head, **play_keys, "tasks": [{"name": "task", **task} for task in tasks]}])
    )
    return playbook(folder, str(book), "localhost,", *(["--check"] if check else []))


def playbook(folder: pathlib.Path, book: str, inventory: str, *words: str) -> Played:
    """Run a playbook, one of a path or of the collection, from a folder."""
    program = str(pathlib.Path(sys.executable).parent / "ansible-playbook")
    command = [program, "-i", inventory, "-v", book, *words]
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache"),
        "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
        "ANSIBLE_CALLBACK_FORMAT_PRETTY": "false",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
    }
    done = subprocess.run(
        command,
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    results = tuple(
        {**json.loads(returned), "failed": status in ("failed", "fatal")}
        for status, _host, returned in RESULT.findall(done.stdout)
        if returned
    )
    return Played(done.returncode, done.stdout + done.stderr, results)


def stack(folder: pathlib.Path, check: bool = False, **options: t.Any) -> Played:
    """Run one stack whose `compose.yml` lies in a folder."""
    options.setdefault("files", [str(folder / "compose.yml")])
    return play(folder, [{"slipway.docker.stack": options}], check)
