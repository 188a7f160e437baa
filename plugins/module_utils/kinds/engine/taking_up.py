# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The acts that put daemon.json in place, have the engine take it up, and go back if it can't."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import (
    certificate,
    notes,
    orphans,
    parts,
    remote_api,
    service,
    supervisor,
    units,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import (
    CONFIG_PATH,
    DATA_ROOT,
    Placed,
)

# A package that gave way would empty the data root with it, should anybody purge what is left of it.
PURGER = DATA_ROOT + "/nuke-graph-directory.sh"
CANDIDATE = CONFIG_PATH + ".slipway"
NO_SUCH_FLAG = "unknown flag"
RELOADED_WITHIN = 15.0
LOOK_AGAIN = 0.1


def configure(outside: t.Any, step: Step) -> None:
    """Put daemon.json in place, once the engine's own program finds it good."""
    payload = step.payload
    if payload["text"] is not None:
        _validate(outside, payload["text"])
    _note(outside, payload)
    write_config(outside, payload["text"], payload["mode"])


def place(outside: t.Any, step: Step) -> None:
    """Put the files of the engine's parts in place."""
    _note(outside, step.payload)
    notes.placed(outside, step.payload["placed"])
    write_files(outside, [_completed(outside, file) for file in step.payload["files"]])


def start(outside: t.Any, step: Step) -> None:
    """Start the engine with the first manager that can."""
    service.start(outside, step.payload["service"]["managers"])
    outside.engine.forget_connection()


def restart(outside: t.Any, step: Step) -> None:
    """Restart the engine with the manager that runs it."""
    name = step.payload["service"]["manager"]
    if step.payload["versions"]:
        service.renew(outside, name)
    else:
        service.MANAGERS[name].restart(outside)
    outside.engine.forget_connection()


def reload(outside: t.Any, step: Step) -> None:
    """Have the engine read its configuration again, and see that it did."""
    _reload(outside, step.payload["service"]["pid"])
    _settled(outside)


def ready(outside: t.Any, step: Step) -> None:
    """Wait until the API answers; an engine that is dead isn't waited for."""
    _await_answer(outside, step.payload["service"])
    _settled(outside)


def stop(outside: t.Any, step: Step) -> None:
    """Stop the engine."""
    service.MANAGERS[step.payload["service"]["manager"]].stop(outside)


def put_back(outside: t.Any, step: Step) -> None:
    """Put the old daemon.json back, and have an engine that ran before run as before."""
    if not was_placed(outside, step):
        return
    handling = step.payload["service"]
    if step.payload.get("is_moving"):
        _stop_what_runs(outside, handling["managers"])
        orphans.end(outside)
    write_back(outside, step.payload)
    if step.payload["due"] == "reload":
        _reload(outside, handling["pid"])
    elif step.payload["due"]:
        service.MANAGERS[handling["manager"]].restart(outside)
        _await_answer(outside, handling)
    elif not step.payload["ran"]:
        _stop_what_runs(outside, handling["managers"])
    elif not handling["manager"]:
        service.start(outside, handling["managers"])
        _await_answer(outside, handling)
    _settled(outside)


def run_as_before(outside: t.Any, payload: t.Mapping[str, t.Any]) -> None:
    """Have an engine that ran before run again, unless it is the same process yet."""
    handling = payload["service"]
    found = service.look(outside, handling["systemd"])
    if not payload["ran"]:
        _stop_what_runs(outside, handling["managers"])
    elif not (handling["pid"] and found.pid == handling["pid"]):
        _run_again(outside, handling)
        _await_answer(outside, handling)
    _settled(outside)


def write_config(outside: t.Any, text: str | None, mode: int) -> None:
    """daemon.json as this text, in one move; None for no file at all."""
    write(outside, Placed(CONFIG_PATH, text, mode))


def write_back(outside: t.Any, payload: t.Mapping[str, t.Any]) -> None:
    """daemon.json, the files of the parts and the certificate as they were."""
    write_files(outside, payload["files_before"])
    notes.change(outside, placed=())
    write_config(outside, payload["before"], payload["before_mode"])
    certificate.take_away(outside, payload["slots"])


def write_files(outside: t.Any, files: t.Sequence[Placed]) -> None:
    """Files as they shall be, the service manager told where its units are among them."""
    service.let_go(outside, units.names(file.path for file in files if file.text is None))
    for file in files:
        write(outside, file)
    if any(file.path.startswith(service.UNITS) for file in files):
        service.read_units(outside)


def write(outside: t.Any, file: Placed) -> None:
    """A file in one move; without a text it goes."""
    if file.text is None:
        outside.remove(file.path)
    elif file.is_link:
        outside.link(file.text, file.path)
    else:
        outside.write(file.path, _bytes(file.text), mode=file.mode, directory_mode=0o755)


def unconfigure(outside: t.Any, step: Step) -> None:
    """Take our keys out of daemon.json; with no foreign ones left, the file goes."""
    write_config(outside, step.payload["text"], step.payload["mode"])


def unplace(outside: t.Any, step: Step) -> None:
    """Take away the files of the engine's parts."""
    write_files(outside, step.payload["files"])


def _completed(outside: t.Any, file: Placed) -> Placed:
    if remote_api.COMMAND not in (file.text or ""):
        return file
    command = remote_api.command_of(service.unit_files(outside))
    if not command:
        raise StepError(service.UNIT, "it doesn't say what it starts", "nothing was changed")
    return remote_api.completed(file, command)


def _note(outside: t.Any, payload: t.Mapping[str, t.Any]) -> None:
    """Write down what the engine waits for, and the way back, before anything is replaced."""
    if payload["due"]:
        notes.change(
            outside,
            pending=payload["due"],
            engine=payload["service"]["pid"],
            before=payload["before"],
            files=payload["files_before"],
        )


def _run_again(outside: t.Any, handling: t.Mapping[str, t.Any]) -> None:
    if handling["manager"]:
        service.renew(outside, handling["manager"])
    else:
        service.start(outside, handling["managers"])


def _validate(outside: t.Any, text: str) -> None:
    outside.write(CANDIDATE, _bytes(text), mode=0o600, directory_mode=0o755)
    try:
        ran = outside.run(["dockerd", "--validate", "--config-file", CANDIDATE])
    finally:
        outside.remove(CANDIDATE)
    # Engines before 23 can't validate; they tell at their start, and then the old file comes back.
    if not ran.ok and ran.status != 127 and NO_SUCH_FLAG not in ran.err:
        said = ran.err.strip().replace(CANDIDATE, CONFIG_PATH)
        raise StepError(
            CONFIG_PATH, "the engine refuses it: {0}".format(said), "nothing was changed"
        )


def was_placed(outside: t.Any, step: Step) -> bool:
    """Whether there is anything to go back from: the files may never have been moved in place."""
    config = Placed(CONFIG_PATH, step.payload["before"])
    return any(
        parts.as_is(outside, file).text != file.text
        for file in (config, *step.payload["files_before"])
    )


def _reload(outside: t.Any, pid: int) -> None:
    asked = outside.wall()
    service.reload(outside, pid)
    deadline = outside.now() + RELOADED_WITHIN
    while not outside.local.events(asked, outside.wall(), type=["daemon"], event=["reload"]):
        if outside.now() > deadline:
            problem = "the engine didn't take the configuration"
            raise StepError(CONFIG_PATH, problem, evidence=service.last_words(outside))
        outside.pause(LOOK_AGAIN)


def _await_answer(outside: t.Any, handling: t.Mapping[str, t.Any]) -> None:
    deadline = outside.now() + handling["timeout"]
    while outside.local.get("/version") is None:
        # systemd tells a death itself, and may be about to start the engine once more.
        if not handling["systemd"] and service.is_dead(outside):
            raise StepError("the engine", "it died", evidence=service.last_words(outside))
        if outside.now() > deadline:
            problem = "it doesn't answer after {0:g} s".format(handling["timeout"])
            hint = "on a slow host, set a larger wait_timeout"
            raise StepError("the engine", problem, hint, service.last_words(outside))
        outside.pause(LOOK_AGAIN)


def _settled(outside: t.Any) -> None:
    supervisor.prove(outside)
    if notes.read(outside).came:
        outside.remove(PURGER)
    notes.change(outside, versions={}, came=(), **notes.SETTLED)
    outside.engine.forget_connection()


def _stop_what_runs(outside: t.Any, managers: t.Sequence[str]) -> None:
    for name in managers:
        try:
            service.MANAGERS[name].stop(outside)
        except StepError:
            continue


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
