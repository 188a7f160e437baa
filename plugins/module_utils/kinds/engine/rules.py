# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules between keys of daemon.json, and between them and the engine that would read them."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.complaint import (
    Complaint,
    Rule,
    View,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.keys import WHERE
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.rules_network import (
    NETWORK_RULES,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.structures import (
    STOCK_RUNTIME,
)

CGROUP_DRIVERS = ("cgroupfs", "systemd")
PLUGINS_NAMESPACE = "plugins.moby"
# Names of containerd's own runtimes need no declaration.
SHIM = "io.containerd."
FORMATTED = ("env", "env-regex", "labels", "labels-regex", "tag")
# What each log driver takes: names, and what names begin with.
LOG_OPTIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "awslogs": (("tag",), "awslogs-"),
    "fluentd": (FORMATTED, "fluentd-"),
    "gcplogs": (FORMATTED, "gcp-"),
    "gelf": (FORMATTED, "gelf-"),
    "journald": (FORMATTED, ""),
    "json-file": ((*FORMATTED, "compress", "max-file", "max-size"), ""),
    "local": (("compress", "max-file", "max-size"), ""),
    "splunk": (FORMATTED, "splunk-"),
    "syslog": (FORMATTED, "syslog-"),
}
OF_ALL_DRIVERS, OF_THE_CACHE = ("mode", "max-buffer-size"), "cache-"
DRIVERS_GONE = {"aufs": "24.0", "devicemapper": "25.0", "overlay": "25.0"}


def log_options_fit(view: View) -> t.Iterator[Complaint]:
    """A log driver takes its own options; a plugin's are its own business."""
    driver, options = view.get("log-driver", "json-file"), view.get("log-opts", {})
    if driver not in LOG_OPTIONS:
        return
    names, prefix = LOG_OPTIONS[driver]
    begin = tuple(each for each in (prefix, OF_THE_CACHE) if each)
    for name in options:
        if name not in (*names, *OF_ALL_DRIVERS) and not name.startswith(begin):
            also = [prefix + "*"] if prefix else []
            yield Complaint(
                "log-opts",
                "the log driver {0} doesn't take it".format(driver),
                "it takes {0}".format(", ".join([*names, *also, *OF_ALL_DRIVERS])),
                ("log-driver",),
                "." + name,
            )
    if "max-buffer-size" in options and options.get("mode") != "non-blocking":
        yield Complaint(
            "log-opts",
            "it has no meaning as long as the driver blocks",
            "add mode: non-blocking",
            place=".max-buffer-size",
        )


def swarm_stops_containers(view: View) -> t.Iterator[Complaint]:
    """A node of a swarm doesn't start with live-restore."""
    if view.get("live-restore") and view.in_swarm:
        yield Complaint(
            "live-restore",
            "found true, and this node is in a swarm, which can't be kept so",
            "leave it out, or have the node leave the swarm first",
        )


def runtime_is_declared(view: View) -> t.Iterator[Complaint]:
    """The default runtime is one of those that there are."""
    name, known = view.get("default-runtime"), view.get("runtimes", {})
    if name and name != STOCK_RUNTIME and name not in known and not name.startswith(SHIM):
        yield Complaint(
            "default-runtime",
            "found {0!r}, which no runtime is called".format(name),
            "declare it in runtimes, or take one of these: {0}".format(
                ", ".join([STOCK_RUNTIME, *sorted(known)])
            ),
            ("runtimes",),
        )


def runtime_is_known(view: View) -> t.Iterator[Complaint]:
    """An older engine takes paths of runtimes, and ignores the rest."""
    for name, runtime in view.get("runtimes", {}).items():
        if view.is_before("24.0") and "runtimeType" in runtime:
            yield Complaint(
                "runtimes",
                "engine {0} ignores it, it is known since engine 24.0".format(view.version),
                "tell the path of a runtime",
                place=".{0}.runtimeType".format(name),
            )


def exec_options_are_known(view: View) -> t.Iterator[Complaint]:
    """The engine's one option for execution, which older ones don't check."""
    for number, option in enumerate(view.get("exec-opts", [])):
        name, _sign, driver = option.partition("=")
        if name != "native.cgroupdriver" or driver not in CGROUP_DRIVERS:
            yield Complaint(
                "exec-opts",
                "found {0!r}".format(option),
                "accepted is native.cgroupdriver=cgroupfs or native.cgroupdriver=systemd",
                place="[{0}]".format(number),
            )
        elif driver == "systemd" and not view.host.has_systemd:
            yield Complaint(
                "exec-opts",
                "found {0!r}, and systemd doesn't run this host".format(option),
                "take native.cgroupdriver=cgroupfs, or leave it out",
                place="[{0}]".format(number),
            )


def cgroup_parent_is_a_slice(view: View) -> t.Iterator[Complaint]:
    """systemd's groups are slices."""
    parent = view.get("cgroup-parent")
    if parent and view.cgroup_driver == "systemd" and not parent[1:].endswith(".slice"):
        yield Complaint(
            "cgroup-parent",
            "found {0!r}, and systemd makes the groups".format(parent),
            "accepted is the name of a slice, such as containers.slice",
            ("exec-opts",),
        )


def labels_agree(view: View) -> t.Iterator[Complaint]:
    """A label has one value."""
    seen: dict[str, str] = {}
    for number, label in enumerate(view.get("labels", [])):
        name, _sign, value = label.partition("=")
        if seen.setdefault(name, value) != value:
            yield Complaint(
                "labels",
                "found {0!r}, which is {1!r} before".format(label, seen[name]),
                "give each label one value",
                place="[{0}]".format(number),
            )


def namespaces_differ(view: View) -> t.Iterator[Complaint]:
    """Containers and plugins are kept apart."""
    if view.get("containerd-namespace") == PLUGINS_NAMESPACE:
        yield Complaint(
            "containerd-namespace",
            "found {0!r}, which is the namespace of plugins".format(PLUGINS_NAMESPACE),
            "take another name, or leave it out",
        )


def profile_is_known(view: View) -> t.Iterator[Complaint]:
    """An older engine has no name for its own profile."""
    if view.is_before("23.0") and view.get("seccomp-profile") == "builtin":
        yield Complaint(
            "seccomp-profile",
            "engine {0} has no name for its own profile".format(view.version),
            "leave it out, that means the same",
        )


def driver_is_there(view: View) -> t.Iterator[Complaint]:
    """Storage drivers that are gone."""
    driver = view.get("storage-driver")
    gone = DRIVERS_GONE.get(driver)
    if gone and view.has_reached(gone):
        yield Complaint(
            "storage-driver",
            "found {0!r}, which is gone since engine {1}".format(driver, gone),
            "take overlay2, or leave it out",
        )


RULES: tuple[Rule, ...] = (
    *NETWORK_RULES,
    log_options_fit,
    swarm_stops_containers,
    runtime_is_declared,
    runtime_is_known,
    exec_options_are_known,
    cgroup_parent_is_a_slice,
    labels_agree,
    namespaces_differ,
    profile_is_known,
    driver_is_there,
)


def check(view: View, ours: t.Collection[str]) -> None:
    """Refuse what can't be together; what is among foreign keys alone is theirs to mend."""
    for rule in RULES:
        for complaint in rule(view):
            if complaint.keys & set(ours):
                where = "{0}.{1}{2}".format(WHERE, complaint.key, complaint.place)
                raise InputError(where, complaint.problem, complaint.hint)
