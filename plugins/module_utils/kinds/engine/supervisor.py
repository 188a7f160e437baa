# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The supervisor: what keeps dockerd running where no service manager does."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.ports.files import (
    SCRIPT as PORTS,
)

SCRIPT, PID, PROVEN = (
    "/var/lib/slipway/supervise-dockerd",
    "/var/run/slipway-dockerd.pid",
    "/var/run/slipway-dockerd.proven",
)
STOP, KILL = 15, 9
TEXT = """\
#!/bin/sh
# Keeps dockerd running on a host without a service manager. slipway.docker writes this file anew.
# TERM stops the engine, HUP reloads it. One that dies before it ever answered stays dead.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
DOCKER_OPTS=
[ -r /etc/default/docker ] && . /etc/default/docker

# As Debian's init script and cgroupfs-mount do it.
mount_cgroups() {
  grep -v '^#' /etc/fstab 2>/dev/null | grep -q cgroup && return
  [ -e /proc/cgroups ] && [ -d /sys/fs/cgroup ] || return
  mountpoint -q /sys/fs/cgroup && return
  mount -t tmpfs -o uid=0,gid=0,mode=0755 cgroup /sys/fs/cgroup || return
  while read -r name _hierarchy _count enabled; do
    case $name in '#'*) continue ;; esac
    [ "$enabled" = 1 ] || continue
    at=/sys/fs/cgroup/$name
    mkdir -p "$at"
    mountpoint -q "$at" || mount -n -t cgroup -o "$name" cgroup "$at" || rmdir "$at"
  done < /proc/cgroups
}

# Where nobody buries the dead, an engine takes its dead containerd for one that is still coming up.
forget_the_dead() {
  for file in /var/run/docker.pid /var/run/docker/containerd/containerd.pid; do
    pid=$(cat "$file" 2>/dev/null) || continue
    grep -q '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$pid/status" 2>/dev/null || rm -f "$file"
  done
}

engine=
stopping=
trap 'stopping=yes; [ -n "$engine" ] && kill -TERM "$engine"' TERM INT
trap '[ -n "$engine" ] && kill -HUP "$engine"' HUP
ulimit -n 1048576 2>/dev/null || ulimit -n "$(ulimit -H -n)"
mount_cgroups
while [ -z "$stopping" ]; do
  forget_the_dead
  [ ! -e {ports} ] || sh {ports} apply
  dockerd --pidfile /var/run/docker.pid $DOCKER_OPTS &
  engine=$!
  [ -n "$stopping" ] && kill -TERM "$engine"
  # A signal ends wait, too.
  while kill -0 "$engine" 2>/dev/null; do wait "$engine"; done
  engine=
  [ -n "$stopping" ] || [ -e {proven} ] || exit 1
  [ -n "$stopping" ] || sleep 1
done
""".replace("{proven}", PROVEN).replace("{ports}", PORTS)


def pid(outside: t.Any) -> int:
    """The supervisor's process, if it lives."""
    words = (outside.read_bytes(PID) or b"").decode("ascii", "replace").split()
    if len(words) != 2 or not words[0].isdigit():
        return 0
    return int(words[0]) if outside.processes.since(int(words[0])) == words[1] else 0


def start(outside: t.Any, log: str) -> None:
    """Start the engine under a supervisor that outlives the run."""
    outside.remove(PROVEN)
    outside.write(SCRIPT, TEXT.encode(), mode=0o755)
    number = outside.processes.spawn(["/bin/sh", SCRIPT], log)
    outside.write(PID, "{0} {1}\n".format(number, outside.processes.since(number)).encode())


def prove(outside: t.Any) -> None:
    """Note that the engine was seen to answer, so that it is started again should it die."""
    if pid(outside) and not outside.exists(PROVEN):
        outside.write(PROVEN, b"")


def stop(outside: t.Any, timeout: float) -> None:
    """Stop the supervisor, which stops the engine first."""
    number = pid(outside)
    if number:
        outside.processes.send(number, STOP)
        if not outside.processes.ended(number, timeout):
            raise StepError(
                "the engine's supervisor",
                "it runs on after {0:g} s (pid {1})".format(timeout, number),
                "see /var/log/docker.log",
            )
    outside.remove(PID)
    outside.remove(PROVEN)
