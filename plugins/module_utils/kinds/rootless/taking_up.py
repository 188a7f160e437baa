# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The acts that put files in place, have the engine take them up, and go back if it can't."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless import notes, service
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.facts import (
    config_of,
    socket_of,
    unit_of,
)

CANDIDATE = ".candidate"
NO_SUCH_FLAG = "unknown flag"
RELOADED_WITHIN = 15.0
LOOK_AGAIN = 0.1
Json = t.Mapping[str, t.Any]


def configure(outside: t.Any, step: Step) -> None:
    """Put daemon.json in place, once the engine's own program finds it good."""
    payload = step.payload
    if payload["text"] is not None:
        _validate(outside, payload["account"], payload["text"])
    _note_way_back(outside, payload)
    place(
        outside, payload["account"], config_of(payload["account"]), payload["text"], payload["mode"]
    )


def unconfigure(outside: t.Any, step: Step) -> None:
    """Take our keys out of daemon.json; with no foreign ones left, the file goes."""
    payload = step.payload
    place(
        outside, payload["account"], config_of(payload["account"]), payload["text"], payload["mode"]
    )


def place_unit(outside: t.Any, step: Step) -> str:
    """Put the unit in place."""
    account = step.payload["account"]
    _note_way_back(outside, step.payload)
    notes.change(outside, account.name, has_unit=True)
    place(outside, account, unit_of(account), step.payload["text"], 0o600)
    return str(account.name)


def start(outside: t.Any, step: Step) -> None:
    """Start the engine."""
    service.start(outside, step.payload["account"])


def restart(outside: t.Any, step: Step) -> None:
    """Restart the engine."""
    service.restart(outside, step.payload["account"])


def reload(outside: t.Any, step: Step) -> None:
    """Have the engine read its configuration again, and see that it did."""
    _reload(outside, step.payload["account"])
    _settled(outside, step.payload["account"])


def ready(outside: t.Any, step: Step) -> None:
    """Wait until the API answers; an engine that is given up isn't waited for."""
    _await_answer(outside, step.payload)
    _settled(outside, step.payload["account"])


def put_back(outside: t.Any, step: Step) -> None:
    """Put the old files back, and have an engine that ran before run as before."""
    payload, account = step.payload, step.payload["account"]
    changed = _changed(outside, payload)
    if not changed:
        return
    if not payload["ran"]:
        service.stop(outside, account)
    for path in changed:
        place(outside, account, path, payload["before"][path], payload["modes"][path])
    if not payload["ran"]:
        service.forget(outside, account)
    elif payload["due"] == "reload":
        _reload(outside, account)
    else:
        service.restart(outside, account)
        _await_answer(outside, payload)
    had_unit = payload["before"][unit_of(account)] is not None
    notes.change(outside, account.name, has_unit=had_unit)
    _settled(outside, account)


def place(outside: t.Any, account: t.Any, path: str, text: str | None, mode: int) -> None:
    """A file as this text, in one move; None for no file at all."""
    if text is None:
        outside.homes.remove(account, path)
    else:
        outside.homes.write(account, path, text, mode)


def _changed(outside: t.Any, payload: Json) -> list[str]:
    """The files that aren't as they were: some may never have been moved in place."""
    before = payload["before"]
    there = outside.homes.look(payload["account"], list(before))
    now = {path: file.data.decode("utf-8", "surrogateescape") for path, file in there.items()}
    return [path for path in before if now.get(path) != before[path]]


def _note_way_back(outside: t.Any, payload: Json) -> None:
    name, details = payload["account"].name, {"engine": payload["pid"], "before": payload["before"]}
    notes.change(outside, name, pending=payload["due"], **details)


def _validate(outside: t.Any, account: t.Any, text: str) -> None:
    path = config_of(account)
    outside.homes.write(account, path + CANDIDATE, text)
    try:
        command = ["dockerd", "--validate", "--config-file", path + CANDIDATE]
        ran = outside.homes.run(account, command)
    finally:
        outside.homes.remove(account, path + CANDIDATE)
    # Engines before 23 can't validate; they tell at their start, and then the old file comes back.
    if not ran.ok and ran.status != 127 and NO_SUCH_FLAG not in ran.err:
        said = ran.err.strip().replace(path + CANDIDATE, path)
        raise StepError(path, "the engine refuses it: {0}".format(said), "nothing was changed")


def _reload(outside: t.Any, account: t.Any) -> None:
    asked, api = outside.wall(), outside.api(socket_of(account))
    service.reload(outside, account)
    deadline = outside.now() + RELOADED_WITHIN
    while not api.events(asked, outside.wall(), type=["daemon"], event=["reload"]):
        if outside.now() > deadline:
            problem = "the engine didn't take the configuration"
            evidence = service.last_words(outside, account)
            raise StepError(config_of(account), problem, evidence=evidence)
        outside.pause(LOOK_AGAIN)


def _await_answer(outside: t.Any, payload: Json) -> None:
    account, where = payload["account"], "the engine of {0}".format(payload["account"].name)
    deadline = outside.now() + payload["timeout"]
    while outside.api(socket_of(account)).get("/version") is None:
        if service.has_failed(outside, account):
            raise StepError(where, "it died", evidence=service.last_words(outside, account))
        if outside.now() > deadline:
            problem = "it doesn't answer after {0:g} s".format(payload["timeout"])
            hint = "on a slow host, set a larger wait_timeout"
            raise StepError(where, problem, hint, service.last_words(outside, account))
        outside.pause(LOOK_AGAIN)


def _settled(outside: t.Any, account: t.Any) -> None:
    notes.change(outside, account.name, pending="", engine=0, before={})
