# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's API on a port: never without TLS, and never for clients without a certificate."""

from __future__ import annotations

import functools
import ipaddress
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import read_integer
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.field import (
    Codec,
    Effect,
    Field,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import (
    certificate,
    environment,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import (
    CONFIG_PATH,
    EngineFacts,
    HostFacts,
    Placed,
)

NAME = "remote_api"
DROP_IN = "/etc/systemd/system/docker.service.d/slipway-remote-api.conf"
DEFAULTS = environment.DEFAULTS
ANYWHERE, PORT = "0.0.0.0", 2376
SOCKET = "unix:///var/run/docker.sock"
# What the unit itself starts; it stands for it in a plan that brings the unit first.
COMMAND = "{the unit's own command}"
FLAGS = (
    "-H tcp://{address}:{port} --tlsverify --tlscacert={at}/ca.pem --tlscert={at}/cert.pem"
    " --tlskey={at}/key.pem"
)
LISTENS = re.compile(r"-H tcp://(\S+):(\d+) --tlsverify --tlscacert=\S+/(\w+)/ca\.pem ")
HEADING = re.compile(r"# (/\S+\.(?:service|conf))\Z")
# In the engine's file they would be said twice, of which the engine dies.
SAID_BY_FLAGS = ("hosts", "tls", "tlscacert", "tlscert", "tlskey", "tlsverify")


def read(value: t.Any) -> dict[str, t.Any]:
    """Where the API is to be reached."""
    port = read_integer(value.get("port") or PORT)
    if not 0 < port < 65536:
        raise ValueError("a port of 1 to 65535")
    address = str(value.get("address") or ANYWHERE).strip("[]")
    try:
        return {"address": str(ipaddress.ip_address(address)), "port": port}
    except ValueError:
        raise ValueError("an IP address of the host (found {0!r})".format(address)) from None


FIELD = Field(NAME, Codec({"type": "raw"}, read), effect=Effect.RESTART)


def path(has_systemd: bool) -> str:
    """The file that has the engine listen."""
    return DROP_IN if has_systemd else DEFAULTS


def render_drop_in(command: str, slot: str, value: t.Mapping[str, t.Any]) -> str:
    """A drop-in that starts what the unit starts, and has it listen; a unit has no other way to say more."""
    return "{0}ExecStart=\nExecStart={1} {2}\n".format(
        environment.HEAD, command, _flags(slot, value)
    )


def render_options(slot: str, value: t.Mapping[str, t.Any]) -> str:
    """A line of a shell; who is told to listen anywhere leaves out the socket unless told of it."""
    return 'DOCKER_OPTS="$DOCKER_OPTS -H {0} {1}"\n'.format(SOCKET, _flags(slot, value))


def parse(text: str) -> dict[str, t.Any]:
    """Where a file of ours has the engine listen."""
    found = LISTENS.search(text)
    return {"address": found.group(1).strip("[]"), "port": int(found.group(2))} if found else {}


def slot_in(text: str | None) -> str:
    """The slot whose certificate a file of ours has the engine show, if any."""
    found = LISTENS.search(text or "")
    return found.group(3) if found else ""


def renderer(
    has_systemd: bool, command: str, slot: str
) -> t.Callable[[t.Mapping[str, t.Any]], str]:
    """What writes the file of a host."""
    if has_systemd:
        return functools.partial(render_drop_in, command or COMMAND, slot)
    return functools.partial(render_options, slot)


def command_of(units: str) -> str:
    """What a unit starts without us, out of all its files as `systemctl cat` shows them."""
    commands = [command for at, command in _commands(units) if at != DROP_IN]
    return commands[-1] if commands else ""


def overrider_of(units: str) -> str:
    """The file after ours, if any, that has the unit start something else."""
    later = (
        at
        for at, _command in _commands(units)
        if at.endswith(".conf") and _name(at) > _name(DROP_IN)
    )
    return next(later, "")


def completed(file: Placed, command: str) -> Placed:
    """The file with the unit's own command in it, which wasn't known before the unit was there."""
    text = None if file.text is None else file.text.replace(COMMAND, command)
    return Placed(file.path, text, file.mode)


def free_slot(host: HostFacts) -> str:
    """A slot that no engine has to start with: not now, and not on the way back."""
    at = path(host.has_systemd)
    kept = [file.text for file in host.note.files if file.path == at]
    taken = {slot_in(text) for text in (host.files[at].text, *kept)}
    return next(slot for slot in certificate.SLOTS if slot not in taken)


def problem(host: HostFacts, engine: EngineFacts | None) -> InputError | None:
    """What others have said about the engine, and the port can't go with."""
    values = engine.config.values if engine else {}
    said = [name for name in SAID_BY_FLAGS if name in values]
    if said:
        return InputError(
            "engine docker.{0}".format(NAME),
            "{0} already says {1}".format(CONFIG_PATH, ", ".join(said)),
            "take that out of the file, or leave {0} out".format(NAME),
        )
    file = overrider_of(host.unit)
    if file:
        return InputError(
            "engine docker.{0}".format(NAME),
            "{0} says after us what the engine starts with".format(file),
            "give it a name that sorts before {0}".format(_name(DROP_IN)),
        )
    return None


def _commands(units: str) -> t.Iterator[tuple[str, str]]:
    at = ""
    for line in units.replace("\\\n", " ").splitlines():
        heading = HEADING.match(line)
        at = heading.group(1) if heading else at
        if line.startswith("ExecStart="):
            yield at, line.partition("=")[2].strip()


def _name(at: str) -> str:
    return at.rpartition("/")[2]


def _flags(slot: str, value: t.Mapping[str, t.Any]) -> str:
    address = value["address"]
    shown = "[{0}]".format(address) if ":" in address else address
    return FLAGS.format(address=shown, port=value["port"], at=certificate.directory(slot))
