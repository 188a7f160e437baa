# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys of daemon.json that are ours to set, and what is special about some of them."""

from __future__ import annotations

from ansible_collections.slipway.docker.plugins.module_utils.core.field import (
    Codec,
    Effect,
    Field,
    write_only,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import (
    parts,
    versions,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.key import Key
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.keys_engine import (
    CONTAINER_KEYS,
    DATA_KEYS,
    ENGINE_KEYS,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.keys_network import (
    NETWORK_KEYS,
    REGISTRY_KEYS,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.values import TEXT

GROUPS: dict[str, tuple[Key, ...]] = {
    "The engine": ENGINE_KEYS,
    "Its data": DATA_KEYS,
    "Containers": CONTAINER_KEYS,
    "Networks": NETWORK_KEYS,
    "Registries": REGISTRY_KEYS,
}
KEYS = {key.name: key for group in GROUPS.values() for key in group}
NAMES = frozenset(KEYS)
# The engine reloads what a file says, and for these alone also what it no longer says.
RESET_BY_RELOAD = frozenset(key.name for key in KEYS.values() if key.reset)
# A reload turns it on or off; once it is on, the engine doesn't look at another value.
TAKEN_ONCE = frozenset({"network-diagnostic-port"})
# Of its features the engine looks at this one alone whenever it is asked; others bind its start.
RELOADED_FEATURES = frozenset({"buildkit"})
# An engine that has run finds none of its containers and images again when one of these changes.
SETTLED_BY_FIRST_START = {
    "data-root": "nothing was touched; tell where its data shall be (it is moved), or leave the key as it is",
    "storage-driver": "nothing was touched; leave the key as it is, or save the images, remove all, and"
    " start anew",
}
# The way to the engine that its service and this collection count on.
OF_THE_API = "for the API on a port, set the option remote_api (docs/remote-api.md)"
NOT_YET = {
    "containerd": "the engine's service brings its own containerd; leave it out",
    "hosts": "systemd's unit of the engine passes -H fd://, and the engine doesn't start with both;"
    " leave it out; " + OF_THE_API,
    "pidfile": "the engine's service has one of its own; leave it out",
    "tls": "leave it out; " + OF_THE_API,
    "tlscacert": "leave it out; " + OF_THE_API,
    "tlscert": "leave it out; " + OF_THE_API,
    "tlskey": "leave it out; " + OF_THE_API,
    "tlsverify": "leave it out; " + OF_THE_API,
}
# What an engine lets pass in its file, and then doesn't look at.
IGNORED = {
    "containerd-plugins-namespace": "the engine takes it as a flag alone, and ignores it in its file;"
    " leave it out",
    "http-proxy": "the engine ignores it here; type proxies: {http-proxy: …}",
    "https-proxy": "the engine ignores it here; type proxies: {https-proxy: …}",
    "no-proxy": "the engine ignores it here; type proxies: {no-proxy: …}",
}

# Where the engine comes from is settled by its packages, not by a file.
SOURCE = Field("source", TEXT.codec, match=write_only)
VERSION = Field(
    "version",
    Codec({"type": "raw"}, versions.read),
    match=versions.matches,
    effect=Effect.RESTART,
)
FIELDS = (SOURCE, VERSION, *parts.FIELDS, *(key.field for key in KEYS.values()))
RELOADED = frozenset(name for name, key in KEYS.items() if key.field.effect is Effect.RELOAD)
