# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The acts on the engine, a verb each: packages, users and data here, the rest in taking_up."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import (
    apt,
    certificate,
    listing,
    moving_acts,
    notes,
    remapping,
    renewals,
    restraint,
    service,
    supervisor,
    taking_up,
    unpacked,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import DOCKER
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.kernel import (
    acts as kernel_acts,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.managers import MANAGERS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.ports import (
    acts as port_acts,
)


def install(outside: t.Any, step: Step) -> str:
    """Install the packages, none of which starts the engine."""
    _must_know(outside, step.payload["users"])
    # Noted before they come, so that a killed run leaves none that nobody takes away again.
    known = {*notes.read(outside).packages, *step.payload["brought"]} - {*step.payload["goes"]}
    notes.change(outside, packages=tuple(sorted(known)))
    with unpacked.explained(step):
        renewals.change(outside, step)
    return DOCKER


def release(outside: t.Any, step: Step) -> None:
    """Take away the policy that a killed installation left."""
    apt.restore(outside)
    restraint.restore(outside)


def remove(outside: t.Any, step: Step) -> None:
    """Remove the packages; what the engine held stays."""
    MANAGERS[step.payload["manager"]].remove(outside, step.payload["packages"])
    notes.change(outside, packages=(), held=(), versions={}, placed=(), **notes.SETTLED)
    outside.remove(supervisor.SCRIPT)
    # The package leaves a script in the data root, for a later purge.
    if step.payload["tidy"]:
        outside.machine.empty(step.payload["tidy"])


def add_users(outside: t.Any, step: Step) -> None:
    """Put accounts into the group docker."""
    names = step.payload["users"]
    _must_know(outside, names)
    notes.change(outside, users=tuple(sorted({*notes.read(outside).users, *names})))
    for name in names:
        _must(outside, ["gpasswd", "--add", name, DOCKER])


def drop_users(outside: t.Any, step: Step) -> None:
    """Take accounts out of the group docker that we put there."""
    gone = step.payload["users"]
    for name in gone:
        _must(outside, ["gpasswd", "--delete", name, DOCKER])
    left = (name for name in notes.read(outside).users if name not in gone)
    notes.change(outside, users=tuple(left))


def enable(outside: t.Any, step: Step) -> None:
    """Have systemd start the engine at boot."""
    _must(outside, ["systemctl", "enable", service.SOCKET_UNIT, service.UNIT])


def destroy_data(outside: t.Any, step: Step) -> None:
    """Give up all that the engine held, unless something is mounted in there."""
    path = step.payload["path"]
    if len([part for part in path.split("/") if part]) < 2:
        raise StepError(path, "this is not removed as a data root", "remove it by hand")
    mounts = outside.machine.mounts_below(path)
    if mounts:
        problem = "something is mounted in there: {0}".format(", ".join(mounts[:3]))
        raise StepError(path, problem, "unmount it first, and run again")
    outside.machine.empty(path)


def _must_know(outside: t.Any, users: t.Sequence[str]) -> None:
    unknown = [name for name in users if not outside.machine.knows_user(name)]
    if unknown:
        problem = "no such account on this host: {0}".format(", ".join(unknown))
        hint = "create it first: useradd --create-home {0}".format(unknown[0])
        raise StepError("engine docker.users", problem, hint)


def _must(outside: t.Any, command: t.Sequence[str]) -> None:
    ran = outside.run(command)
    if not ran.ok:
        raise StepError(" ".join(command), ran.err.strip() or "status {0}".format(ran.status))


ACTIONS = {
    "prepare": renewals.prepare,
    "add-repository": listing.add,
    "put-back-repository": listing.put_back,
    "drop-repository": listing.drop,
    "upgrade": renewals.change,
    "downgrade": renewals.change,
    "bring-back": renewals.bring_back,
    "hold": renewals.hold,
    "unhold": renewals.release,
    "load-modules": kernel_acts.load_modules,
    "set-sysctls": kernel_acts.set_sysctls,
    "reset-sysctls": kernel_acts.reset_sysctls,
    "guard-ports": port_acts.guard,
    "unguard-ports": port_acts.unguard,
    "install": install,
    "release": release,
    "remove": remove,
    "add-users": add_users,
    "drop-users": drop_users,
    "enable": enable,
    "certify": certificate.bring,
    "discard": certificate.discard,
    "add-group": unpacked.add_group,
    "unpack": unpacked.unpack,
    "discard-archive": unpacked.discard,
    "tidy": unpacked.tidy,
    "clear": unpacked.clear,
    "place": taking_up.place,
    "unplace": taking_up.unplace,
    "configure": taking_up.configure,
    "unconfigure": taking_up.unconfigure,
    "put-back": taking_up.put_back,
    "start": taking_up.start,
    "restart": taking_up.restart,
    "reload": taking_up.reload,
    "stop": taking_up.stop,
    "await ready": taking_up.ready,
    "add-ranges": remapping.add_ranges,
    "drop-ranges": remapping.drop_ranges,
    "halt": moving_acts.halt,
    "resume": moving_acts.resume,
    "move-data": moving_acts.move_data,
    "drop-copy": moving_acts.drop_copy,
    "await data": moving_acts.see_data,
    "drop-data": moving_acts.drop_data,
    "destroy-data": destroy_data,
}
