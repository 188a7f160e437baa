# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys of daemon.json about the engine itself, its data, its logs and its containers."""

from __future__ import annotations

from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import structures, values
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.key import Key
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.structures import (
    TEXT_SET,
    TEXTS,
    list_of,
    set_of,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.values import (
    FLAG,
    PATH,
    TEXT,
    one_of,
    whole,
)

ENGINE_KEYS = (
    Key(
        "api-cors-header", TEXT, "CORS headers of the API", until="28.0",
        instead="use a reverse proxy for CORS headers",
    ),
    Key("authorization-plugins", TEXTS, "plugins that each call of the API has to pass", Effect.RELOAD, reset=True),
    Key("containerd", PATH, "socket of a containerd of the host"),
    Key("containerd-namespace", TEXT, "containerd's namespace for containers"),
    Key("cri-containerd", FLAG, "whether the engine's own containerd serves Kubernetes as well"),
    Key("debug", FLAG, "debug messages in the engine's log", Effect.RELOAD),
    Key("exec-root", PATH, "where the engine keeps what lasts until the next boot"),
    Key("experimental", FLAG, "experimental features"),
    Key("features", structures.SWITCHES, "features by name; all but buildkit take a restart", Effect.RELOAD, reset=True),
    Key("group", TEXT, "the group that may use the engine's socket"),
    Key("hosts", TEXT_SET, "where the API is served"),
    Key("labels", set_of(values.LABEL, "labels"), "labels of the engine, for swarms and people", Effect.RELOAD),
    Key("live-restore", FLAG, "whether containers run on while the engine is restarted", Effect.RELOAD),
    Key("log-format", one_of("text", "json"), "how the engine writes its own log", since="25.0"),
    Key(
        "log-level", one_of("debug", "info", "warn", "error", "fatal", "panic", "trace"),
        "how much the engine says in its own log",
    ),
    Key("metrics-addr", values.HOST_PORT, "where metrics are served, to anybody who reaches it"),
    Key("min-api-version", values.VERSION, "the oldest API version that is served", since="29.0"),
    Key("node-generic-resources", set_of(values.RESOURCE, "resources"), "what this node offers to a swarm's services"),
    Key(
        "oom-score-adjust", whole(-1000, 1000), "how soon the kernel kills the engine", until="25.0",
        instead="set OOMScoreAdjust in a drop-in of docker.service",
    ),
    Key("pidfile", PATH, "the file that names the engine's process"),
    Key("raw-logs", FLAG, "full timestamps and no colours in the engine's own log"),
    Key("shutdown-timeout", whole(-1), "seconds that containers get when the engine stops", Effect.RELOAD),
    Key("tls", FLAG, "TLS for the API"),
    Key("tlscacert", PATH, "whose certificates are trusted"),
    Key("tlscert", PATH, "the engine's certificate"),
    Key("tlskey", PATH, "its key"),
    Key("tlsverify", FLAG, "TLS for the API, for those with a certificate alone"),
)  # fmt: skip
DATA_KEYS = (
    Key(
        "builder",
        structures.BUILDER_MAP,
        "what the cache of builds may take, and what builds may do",
    ),
    Key("data-root", PATH, "the directory of all that the engine holds"),
    Key("storage-driver", TEXT, "how images and containers are stored"),
    Key("storage-opts", TEXT_SET, "options of the storage driver"),
    Key("userns-remap", values.REMAP, "whose subordinate ids containers run with"),
)
CONTAINER_KEYS = (
    Key("apparmor-profile", PATH, "template of the default AppArmor profile", since="29.8"),
    Key("cdi-spec-dirs", list_of(PATH, "absolute paths"), "where devices are described (CDI)", since="25.0"),
    Key("cgroup-parent", TEXT, "the control group that containers' groups are made in"),
    Key("cpu-rt-period", values.COUNT, "period of the real-time scheduler, in microseconds (cgroup v1)"),
    Key("cpu-rt-runtime", values.COUNT, "its share of each period, in microseconds (cgroup v1)"),
    Key("default-cgroupns-mode", one_of("host", "private"), "control group namespace of new containers", Effect.RELOAD),
    Key("default-ipc-mode", one_of("private", "shareable"), "IPC namespace of new containers", Effect.RELOAD),
    Key("default-runtime", TEXT, "the runtime of new containers that ask for none", Effect.RELOAD),
    Key("default-shm-size", values.SIZE, "size of /dev/shm of new containers", Effect.RELOAD),
    Key("default-ulimits", structures.ULIMIT_MAP, "limits of containers that ask for none"),
    Key("exec-opts", TEXT_SET, "native.cgroupdriver=cgroupfs or systemd"),
    Key("init", FLAG, "an init in each container"),
    Key("init-path", PATH, "that init"),
    Key("log-driver", TEXT, "where containers' output goes, where they ask for none"),
    Key("log-opts", structures.TEXT_MAP, "options of that driver"),
    Key("no-new-privileges", FLAG, "no process of a container gains privileges"),
    Key("nri-opts", structures.NRI_MAP, "plugins that adjust containers (NRI)", Effect.RELOAD, since="29.2"),
    Key("runtimes", structures.RUNTIME_MAP, "runtimes beside runc", Effect.RELOAD),
    Key(
        "seccomp-profile", values.text_like("builtin, unconfined, or an absolute path", r"builtin|unconfined|/.*"),
        "the system calls that containers may make",
    ),
    Key("selinux-enabled", FLAG, "SELinux labels for containers"),
)  # fmt: skip
