# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of the engine's parts: options of which each stands in a file of ours on the host."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.field import Field
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import (
    archive,
    block,
    certificate,
    environment,
    remote_api,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import (
    HostFacts,
    Placed,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.kernel import (
    files as kernel,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.ports import (
    files as port_files,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.ports import policy


@dataclasses.dataclass(frozen=True)
class Part:
    """An option, and its file: ``render`` writes what ``parse`` reads.

    ``is_block``: the path is somebody else's file, and ours is a part of it between two marks, those
    of a ``topic`` where several parts share it.
    A file that isn't word for word as we write it counts as none.
    """

    field: Field
    path: str
    render: t.Callable[[t.Any], str]
    parse: t.Callable[[str], t.Any]
    mode: int = 0o644
    is_block: bool = False
    topic: str = ""

    def read(self, file: Placed) -> t.Any:
        """The option's value on the host; None where the file doesn't say, or not in our words."""
        text = self._ours(file)
        if not text:
            return None
        value = self.parse(text)
        return value if value and self.render(value) == text else None

    def is_there(self, file: Placed) -> bool:
        """Whether anything of ours is in the file."""
        return bool(self._ours(file)) if self.is_block else file.text is not None

    def written(self, file: Placed, value: t.Any) -> Placed:
        """The file with this value, or without any; what is foreign in it stays."""
        text = self.render(value) if value else None
        mode = file.mode if self.is_block and file.text is not None else self.mode
        whole = block.graft(file.text or "", text, self.topic) or None if self.is_block else text
        return Placed(self.path, whole, mode)

    def _ours(self, file: Placed) -> str | None:
        return block.cut(file.text or "", self.topic) if self.is_block else file.text


PORTS = Part(
    policy.FIELD,
    port_files.SCRIPT,
    port_files.render_script,
    port_files.parse,
    mode=0o755,
)
PORTS_UNIT = dataclasses.replace(
    PORTS, path=port_files.UNIT_PATH, render=port_files.render_unit, mode=0o644
)
KERNEL = (
    Part(
        kernel.MODULES,
        kernel.MODULES_PATH,
        kernel.render_modules,
        kernel.parse_modules,
    ),
    Part(
        kernel.SYSCTLS,
        kernel.SYSCTLS_PATH,
        kernel.render_sysctls,
        kernel.parse_sysctls,
    ),
)
UNDER_SYSTEMD = (
    Part(
        environment.FIELD,
        environment.DROP_IN,
        environment.render_drop_in,
        environment.parse_drop_in,
        mode=0o600,
    ),
    *KERNEL,
    PORTS,
    PORTS_UNIT,
)
ELSEWHERE = (
    Part(
        environment.FIELD,
        environment.DEFAULTS,
        environment.render_exports,
        environment.parse_exports,
        is_block=True,
    ),
    *KERNEL,
    PORTS,
)
FIELDS = (
    environment.FIELD,
    kernel.MODULES,
    kernel.SYSCTLS,
    policy.FIELD,
    remote_api.FIELD,
    certificate.FIELD,
    *archive.FIELDS,
)
NAMES = frozenset(field.name for field in FIELDS)


def of(has_systemd: bool, command: str = "", slot: str = "") -> tuple[Part, ...]:
    """The parts of a host, by who runs its engine.

    ``command``: what its unit starts; ``slot``: the one with the certificate of its API.
    """
    listening = Part(
        remote_api.FIELD,
        remote_api.path(has_systemd),
        remote_api.renderer(has_systemd, command, slot),
        remote_api.parse,
        is_block=not has_systemd,
        topic=remote_api.NAME,
    )
    return (*(UNDER_SYSTEMD if has_systemd else ELSEWHERE), listening)


def of_host(host: HostFacts, slot: str = "") -> tuple[Part, ...]:
    """The parts of a host that was seen, with another slot than it has or with that one."""
    return of(host.has_systemd, remote_api.command_of(host.unit), slot or used_slot(host))


def used_slot(host: HostFacts) -> str:
    """The slot with the certificate that the engine shows, if any."""
    return remote_api.slot_in(host.files[remote_api.path(host.has_systemd)].text)


def look(outside: t.Any, parts: t.Iterable[Part]) -> dict[str, Placed]:
    """The files of the parts as they are."""
    return {part.path: at(outside, part.path) for part in parts}


def at(outside: t.Any, path: str) -> Placed:
    """A file as it is, through any link."""
    data = outside.read_bytes(path)
    text = None if data is None else data.decode("utf-8", "surrogateescape")
    return Placed(path, text, outside.mode_of(path) or 0o644)


def found(host: HostFacts) -> dict[str, t.Any]:
    """What the files of the parts say, and the certificate that one of them leads to.

    An option with several files has the value that all of them say.
    """
    told: dict[str, list[t.Any]] = {}
    for part in of_host(host):
        told.setdefault(part.field.name, []).append(part.read(host.files[part.path]))
    told[certificate.NAME] = [host.slots.get(used_slot(host)) or None]
    return {
        name: values[0]
        for name, values in told.items()
        if values[0] is not None and all(value == values[0] for value in values)
    }


def as_is(outside: t.Any, place: Placed) -> Placed:
    """What stands at the place of a file or a link."""
    if not place.is_link:
        return at(outside, place.path)
    return Placed(place.path, outside.read_link(place.path), is_link=True)


def placements(
    parts: t.Iterable[Part],
    files: t.Mapping[str, Placed],
    wanted: t.Mapping[str, t.Any],
    changed: t.Collection[str],
) -> tuple[Placed, ...]:
    """The files of the parts that changed, as they shall be."""
    placed: dict[str, Placed] = {}
    for part in parts:
        if part.field.name in changed:
            file = placed.get(part.path, files[part.path])
            placed[part.path] = part.written(file, wanted.get(part.field.name))
    return tuple(placed.values())
