# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The outside as it is handed over: one engine, the host's files and programs, the clock."""

from __future__ import annotations

import dataclasses
import os
import time
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.outside import (
    files,
    logins,
    probes,
    programs,
    web,
)
from ansible_collections.slipway.docker.plugins.module_utils.outside.data_roots import DataRoots
from ansible_collections.slipway.docker.plugins.module_utils.outside.engine_api import EngineApi
from ansible_collections.slipway.docker.plugins.module_utils.outside.guards import Guards
from ansible_collections.slipway.docker.plugins.module_utils.outside.homes import Homes
from ansible_collections.slipway.docker.plugins.module_utils.outside.keeping import Keeping
from ansible_collections.slipway.docker.plugins.module_utils.outside.local_api import LocalApi
from ansible_collections.slipway.docker.plugins.module_utils.outside.loose_ends import LooseEnds
from ansible_collections.slipway.docker.plugins.module_utils.outside.machine import Machine
from ansible_collections.slipway.docker.plugins.module_utils.outside.parcels import Parcels
from ansible_collections.slipway.docker.plugins.module_utils.outside.placing import Placing
from ansible_collections.slipway.docker.plugins.module_utils.outside.processes import Processes
from ansible_collections.slipway.docker.plugins.module_utils.outside.sdk import Connection
from ansible_collections.slipway.docker.plugins.module_utils.outside.trees import pack
from ansible_collections.slipway.docker.plugins.module_utils.outside.unpacking import Archives
from ansible_collections.slipway.docker.plugins.module_utils.outside.waits import Waits

NOWHERE = "/nonexistent/slipway"


@dataclasses.dataclass(frozen=True)
class Host:
    """One host; a test hands over another with the same doors."""

    engine: EngineApi
    waits: Waits
    parcels: Parcels
    trees: Placing
    run: t.Callable[..., programs.Ran] = programs.run
    probe: t.Callable[..., dict[str, programs.Ran]] = probes.probe
    read_bytes: t.Callable[[str], bytes | None] = files.read_bytes
    write: t.Callable[..., None] = files.write_atomically
    logins: t.Callable[[], logins.Logins] = logins.read
    pack: t.Callable[..., None] = pack
    remove: t.Callable[[str], None] = files.remove
    fetch: t.Callable[[str], bytes] = web.fetch
    tune: t.Callable[[str, str], str] = files.tune
    exists: t.Callable[[str], bool] = os.path.exists
    mode_of: t.Callable[[str], int | None] = files.mode_of
    loose_ends: LooseEnds = dataclasses.field(default_factory=lambda: LooseEnds(NOWHERE))
    read_link: t.Callable[[str], str | None] = files.read_link
    link: t.Callable[[str, str], None] = files.link
    archives: Archives = dataclasses.field(default_factory=Archives)
    guards: Guards = Guards()
    keeping: Keeping = dataclasses.field(default_factory=lambda: Keeping(NOWHERE))
    local: LocalApi = dataclasses.field(default_factory=LocalApi)
    api: t.Callable[[str], LocalApi] = LocalApi
    homes: Homes = dataclasses.field(default_factory=Homes)
    machine: Machine = dataclasses.field(default_factory=Machine)
    data_roots: DataRoots = dataclasses.field(default_factory=DataRoots)
    processes: Processes = dataclasses.field(default_factory=Processes)
    now: t.Callable[[], float] = time.monotonic
    wall: t.Callable[[], float] = time.time
    pause: t.Callable[[float], None] = time.sleep


def host(connection: Connection, state: str, parcels: str | None = None) -> Host:
    """This host, with the engine that the connection leads to.

    ``state``: the directory of what is kept between runs; ``parcels``: the archive that came along.
    """
    engine = EngineApi(connection)
    return Host(
        engine,
        Waits(engine),
        Parcels(parcels),
        Placing(state),
        loose_ends=LooseEnds(state),
        keeping=Keeping(state),
    )
