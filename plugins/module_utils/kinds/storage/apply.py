# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The acts on a storage, a verb each; whatever may hang is run in a child that can be left behind."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage import (
    facts,
    packages,
    sharing,
    systemd,
)


def install(outside: t.Any, step: Step) -> None:
    """Install what the driver needs."""
    packages.install(outside, step.payload["packages"])


def guard(outside: t.Any, step: Step) -> None:
    """A mount point that nobody can write into, not even root where the file system lets us."""
    point = facts.point(step.name)
    systemd.not_mounted(outside, point)
    outside.guards.close(point)


def unguard(outside: t.Any, step: Step) -> None:
    """Remove the empty mount point, and nothing else: what isn't empty stays."""
    point = facts.point(step.name)
    systemd.not_mounted(outside, point)
    outside.guards.remove(point)


def place(outside: t.Any, step: Step) -> str:
    """Put the files in place; a unit that goes is disabled first."""
    for file in step.payload["files"]:
        if file.text is None and file.path.endswith((".mount", ".service")):
            outside.run(["systemctl", "disable", file.path.rpartition("/")[2]])
    _write(outside, step.payload["files"])
    return step.name


def put_back(outside: t.Any, step: Step) -> None:
    """Put the files back that were there before."""
    _write(outside, step.payload["before"])


def unplace(outside: t.Any, step: Step) -> None:
    """Take our files away."""
    if step.payload["unit"]:
        outside.run(["systemctl", "disable", step.payload["unit"]])
    _write(outside, step.payload["files"])
    outside.run(["rmdir", facts.secret_file(step.name, "").rstrip("/")])
    outside.remove(facts.note(step.name))


def enable(outside: t.Any, step: Step) -> None:
    """Have systemd mount it with the engine."""
    systemd.must(outside, ["systemctl", "enable", step.payload["unit"]])


def stop_containers(outside: t.Any, step: Step) -> None:
    """Stop the containers that use it; noted first, so that a killed run's are started again."""
    ids = step.payload["containers"]
    outside.write(facts.note(step.name), "\n".join(ids).encode(), mode=0o600)
    for id in ids:
        outside.engine.post("/containers/{0}/stop", id, patience=60)


def start_containers(outside: t.Any, step: Step) -> None:
    """Start the containers that were stopped."""
    for id in step.payload["containers"]:
        outside.engine.post("/containers/{0}/start", id)
    outside.remove(facts.note(step.name))


def _write(outside: t.Any, files: t.Sequence[facts.File]) -> None:
    # What goes goes last: whenever a run is killed, the old unit or the new one is there.
    for file in sorted(files, key=lambda file: file.text is None):
        if file.text is None:
            outside.remove(file.path)
        else:
            data = file.text.encode("utf-8", "surrogateescape")
            is_secret = file.path.startswith(facts.SECRETS)
            kept = 0o700 if is_secret else 0o755
            outside.write(file.path, data, mode=file.mode, directory_mode=kept)
    if any(file.path.startswith(facts.UNITS) for file in files):
        systemd.must(outside, ["systemctl", "daemon-reload"])


ACTIONS = {
    "install": install,
    "guard": guard,
    "unguard": unguard,
    "place": place,
    "put-back": put_back,
    "unplace": unplace,
    "enable": enable,
    "mount": systemd.mount,
    "mount-again": systemd.mount_again,
    "unmount": systemd.unmount,
    "stop-containers": stop_containers,
    "start-containers": start_containers,
    "identify": sharing.identify,
    "make-directory": sharing.make_directory,
    "release": sharing.release,
    "purge": sharing.purge,
}
