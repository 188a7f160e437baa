# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The acts on the engine: installing, configuring, starting, and their undoing."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import (
    apt,
    notes,
    service,
    supervisor,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import (
    CONFIG_PATH,
    DOCKER,
)

CANDIDATE = CONFIG_PATH + ".slipway"
NO_SUCH_FLAG = "unknown flag"
RELOADED_WITHIN = 15.0
LOOK_AGAIN = 0.1


def install(outside: t.Any, step: Step) -> str:
    """Install the packages, none of which starts the engine."""
    _must_know(outside, step.payload["users"])
    new = apt.install(outside, step.payload["packages"])
    kept = notes.read(outside).packages
    notes.change(outside, packages=tuple(sorted({*kept, *new})))
    return DOCKER


def remove(outside: t.Any, step: Step) -> None:
    """Remove the packages; what the engine held stays."""
    apt.remove(outside, step.payload["packages"])
    notes.change(outside, packages=())
    outside.remove(supervisor.SCRIPT)


def add_users(outside: t.Any, step: Step) -> None:
    """Put accounts into the group docker."""
    names = step.payload["users"]
    _must_know(outside, names)
    notes.change(outside, users=tuple(sorted({*notes.read(outside).users, *names})))
    for name in names:
        _must(outside, ["gpasswd", "--add", name, DOCKER])


def drop_users(outside: t.Any, step: Step) -> None:
    """Take accounts out of the group docker that we put there."""
    for name in step.payload["users"]:
        _must(outside, ["gpasswd", "--delete", name, DOCKER])
    notes.change(
        outside,
        users=tuple(
            name for name in notes.read(outside).users if name not in step.payload["users"]
        ),
    )


def configure(outside: t.Any, step: Step) -> None:
    """Put daemon.json in place, once the engine's own program finds it good."""
    text = step.payload["text"]
    if text is not None:
        _validate(outside, text)
    if step.payload["pending"]:
        notes.change(
            outside,
            pending=step.payload["pending"],
            engine=step.payload["engine"],
            before=step.payload["before"],
        )
    place(outside, text, step.payload["mode"])


def enable(outside: t.Any, step: Step) -> None:
    """Have the engine start at boot."""
    _must(outside, ["systemctl", "enable", service.SOCKET_UNIT, service.UNIT])


def start(outside: t.Any, step: Step) -> None:
    """Start the engine with the first manager that can."""
    service.start(outside, step.payload["managers"])
    outside.engine.forget_connection()


def restart(outside: t.Any, step: Step) -> None:
    """Restart the engine with the manager that runs it."""
    service.MANAGERS[step.payload["manager"]].restart(outside)
    outside.engine.forget_connection()


def reload(outside: t.Any, step: Step) -> None:
    """Have the engine read its configuration again, and see that it did."""
    asked = outside.wall()
    service.reload(outside, step.payload["pid"])
    deadline = outside.now() + RELOADED_WITHIN
    while not outside.local.events(asked, outside.wall(), type=["daemon"], event=["reload"]):
        if outside.now() > deadline:
            raise StepError(
                CONFIG_PATH,
                "the engine didn't take the configuration",
                evidence=service.last_words(outside),
            )
        outside.pause(LOOK_AGAIN)
    _settled(outside)


def ready(outside: t.Any, step: Step) -> None:
    """Wait until the API answers; an engine that is dead isn't waited for."""
    _await_answer(outside, step.payload["timeout"], step.payload["systemd"])
    _settled(outside)


def stop(outside: t.Any, step: Step) -> None:
    """Stop the engine."""
    service.MANAGERS[step.payload["manager"]].stop(outside)


def put_back(outside: t.Any, step: Step) -> None:
    """Put the old daemon.json back, and have an engine that ran before run again."""
    place(outside, step.payload["before"], step.payload["mode"])
    manager = step.payload["manager"]
    if not manager:
        _stop_what_runs(outside, step.payload["managers"])
    elif step.verb == "reload":
        service.reload(outside, step.payload["pid"])
    else:
        _run_again(outside, manager, step.payload["timeout"])
    notes.change(outside, pending="", engine=0, before=None)


def destroy_data(outside: t.Any, step: Step) -> None:
    """Give up all that the engine held, unless something is mounted in there."""
    path = step.payload["path"]
    if len([part for part in path.split("/") if part]) < 2:
        raise StepError(path, "this is not removed as a data root", "remove it by hand")
    mounts = outside.machine.mounts_below(path)
    if mounts:
        raise StepError(
            path,
            "something is mounted in there: {0}".format(", ".join(mounts[:3])),
            "unmount it first, and run again",
        )
    outside.machine.empty(path)


def place(outside: t.Any, text: str | None, mode: int) -> None:
    """daemon.json as this text, in one move; None for no file at all."""
    if text is None:
        outside.remove(CONFIG_PATH)
    else:
        outside.write(
            CONFIG_PATH, text.encode("utf-8", "surrogateescape"), mode=mode, directory_mode=0o755
        )


def _validate(outside: t.Any, text: str) -> None:
    outside.write(
        CANDIDATE, text.encode("utf-8", "surrogateescape"), mode=0o600, directory_mode=0o755
    )
    try:
        ran = outside.run(["dockerd", "--validate", "--config-file", CANDIDATE])
    finally:
        outside.remove(CANDIDATE)
    # Engines before 23 can't validate; they tell at their start, and then the old file comes back.
    if not ran.ok and ran.status != 127 and NO_SUCH_FLAG not in ran.err:
        said = ran.err.strip().replace(CANDIDATE, CONFIG_PATH)
        raise StepError(
            CONFIG_PATH, "the engine refuses it: {0}".format(said), "nothing was moved in place"
        )


def _await_answer(outside: t.Any, timeout: float, systemd: bool) -> None:
    deadline = outside.now() + timeout
    while outside.local.get("/version") is None:
        # systemd tells a death itself, and may be about to start the engine once more.
        if not systemd and service.is_dead(outside):
            raise StepError("the engine", "it died", evidence=service.last_words(outside))
        if outside.now() > deadline:
            problem = "it doesn't answer after {0:g} s".format(timeout)
            hint = "on a slow host, set a larger wait_timeout"
            raise StepError("the engine", problem, hint, service.last_words(outside))
        outside.pause(LOOK_AGAIN)


def _settled(outside: t.Any) -> None:
    supervisor.prove(outside)
    notes.change(outside, pending="", engine=0, before=None)


def _stop_what_runs(outside: t.Any, managers: t.Sequence[str]) -> None:
    for name in managers:
        try:
            service.MANAGERS[name].stop(outside)
        except StepError:
            continue


def _run_again(outside: t.Any, manager: str, timeout: float) -> None:
    service.MANAGERS[manager].restart(outside)
    _await_answer(outside, timeout, manager == service.SYSTEMD)
    supervisor.prove(outside)
    outside.engine.forget_connection()


def _must_know(outside: t.Any, users: t.Sequence[str]) -> None:
    unknown = [name for name in users if not outside.machine.knows_user(name)]
    if unknown:
        hint = "create it first: useradd --create-home {0}".format(unknown[0])
        raise StepError(
            "engine docker.users",
            "no such account on this host: {0}".format(", ".join(unknown)),
            hint,
        )


def _must(outside: t.Any, command: t.Sequence[str]) -> None:
    ran = outside.run(command)
    if not ran.ok:
        raise StepError(" ".join(command), ran.err.strip() or "status {0}".format(ran.status))


def unconfigure(outside: t.Any, step: Step) -> None:
    """Take our keys out of daemon.json; with no foreign ones left, the file goes."""
    place(outside, step.payload["text"], step.payload["mode"])


ACTIONS = {
    "install": install,
    "remove": remove,
    "add-users": add_users,
    "drop-users": drop_users,
    "configure": configure,
    "unconfigure": unconfigure,
    "put-back": put_back,
    "enable": enable,
    "start": start,
    "restart": restart,
    "reload": reload,
    "stop": stop,
    "await ready": ready,
    "destroy-data": destroy_data,
}
