# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host of a few lines with systemd, mounts, an engine, and shares that live, die or are swapped."""

from __future__ import annotations

import json
import shlex
import types
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import (
    EngineError,
    Unreachable,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage import (
    facts,
    mountinfo,
    probing,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.systemd import MOUNTS
from ansible_collections.slipway.docker.plugins.module_utils.outside.guards import Guards
from ansible_collections.slipway.docker.plugins.module_utils.outside.programs import Ran

Story = t.Mapping[str, t.Any]
DATA = "/var/lib/docker/volumes/{0}/_data"
OK = Ran(0, "", "")


class Killed(Exception):
    """The run was killed: from here on it touches nothing."""


class Machine:
    """The host; `fuse` is the number of touches that a run has before it is killed."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.fuse: float = float("inf")
        self.touches: list[str] = []
        self.files = {path: text.encode() for path, text in story.get("files", {}).items()}
        self.modes: dict[str, int] = {}
        self.packages = set(story.get("packages", ("sshfs", "fuse3")))
        self.directories: dict[str, int] = {}
        self.litter: dict[str, list[str]] = {}
        self.mounts = [mountinfo.Mount("/", "8:1", "/", "ext4", "/dev/sda1", frozenset({"rw"}))]
        # By the source that leads there: what a share holds, and whether it answers.
        self.shares: dict[str, dict[str, t.Any]] = {
            source: dict(share or {}) for source, share in story.get("shares", {}).items()
        }
        self.enabled: set[str] = set()
        self.volumes: dict[str, t.Any] = {}
        self.containers: list[dict[str, t.Any]] = list(story.get("containers", ()))
        self.numbers = iter(range(40, 9999))

    @property
    def outside(self) -> t.Any:
        return types.SimpleNamespace(
            run=self.run, probe=self.probe, read_bytes=self.read_bytes, write=self.write,
            remove=self.remove, exists=self.exists, mode_of=self.mode_of, engine=self, machine=self,
            guards=Guards(self.close, self.drop, self.content),
        )  # fmt: skip

    is_root = property(lambda self: self.story.get("root", True))
    user = property(lambda self: "root" if self.is_root else "deploy")
    python = "/usr/bin/python3"

    # Files.

    def read_bytes(self, path: str) -> bytes | None:
        known = {
            "/etc/os-release": "ID={0}\n".format(self.story.get("system", "debian")),
            "/etc/machine-id": "this-host\n",
            "/etc/fstab": self.story.get("fstab", ""),
            MOUNTS: "".join(map(_line, [*self.mounts, *self._data()])),
        }
        return known[path].encode() if path in known else self.files.get(path)

    def write(self, path: str, data: bytes, mode: int = 0o644, directory_mode: int = 0) -> None:
        self._touch("write {0}".format(path))
        self.files[path], self.modes[path] = data, mode

    def remove(self, path: str) -> None:
        if path in self.files:
            self._touch("remove {0}".format(path))
            del self.files[path]

    def exists(self, path: str) -> bool:
        return bool(path == "/run/systemd/system" and self.story.get("systemd", True))

    def mode_of(self, path: str) -> int | None:
        return self.directories.get(path, self.modes.get(path))

    # The engine.

    def get(self, path: str, *parts: str, **_params: t.Any) -> t.Any:
        if self.story.get("engine") == "dead":
            raise Unreachable("engine", "it doesn't answer")
        if path == "/volumes":
            return {"Volumes": list(self.volumes.values()), "Warnings": None}
        return [
            {
                "Id": each["name"] + "-id",
                "Names": ["/" + each["name"]],
                "State": each.get("state", "running"),
                "Mounts": [{"Type": "volume", "Name": each["volume"]}],
            }
            for each in self.containers
        ]

    def post(self, path: str, *parts: str, body: t.Any = None, **_params: t.Any) -> t.Any:
        self._touch("POST {0}".format(path.format(*parts)))
        if path == "/volumes/create":
            return self.volumes.setdefault(
                body["Name"],
                {**body, "Options": body["DriverOpts"], "CreatedAt": str(next(self.numbers))},
            )
        for each in self.containers:
            if each["name"] + "-id" == parts[0]:
                each["state"] = "running" if path.endswith("start") else "exited"
        return None

    def delete(self, path: str, name: str) -> bool:
        self._touch("DELETE volume {0}".format(name))
        if any(each["volume"] == name for each in self.containers):
            raise EngineError("DELETE", "volume is in use", status=409)
        return self.volumes.pop(name, None) is not None

    # Programs.

    def run(self, command: t.Sequence[str], **_details: t.Any) -> Ran:
        doer = getattr(self, "_" + command[0].replace("-", "_"), None)
        return doer(list(command)) if doer else Ran(127, "", "no such program")

    def probe(self, commands: t.Mapping[str, t.Sequence[str]], timeout: float) -> dict[str, Ran]:
        return {name: self._child(list(command)) for name, command in commands.items()}

    def _child(self, command: list[str]) -> Ran:
        if command[0] != self.python:
            return self.run(command)
        script, words = command[2], command[3:]
        if script == probing.REACH:
            share = self.story.get("unreachable", {}).get(words[1], "")
            return Ran(0, share + "\n", "")
        return self._on_share(script, *words)

    def _on_share(self, script: str, point: str, subdir: str, name: str, *more: str) -> Ran:
        share = self.share_at(point)
        if share.get("state") == "silent":
            return Ran(124, "", "no answer after 5 s")
        if share.get("state") in ("dead", "lost"):
            dead = {"problem": "ENOTCONN", "says": "Transport endpoint is not connected"}
            return Ran(0, json.dumps(dead), "")
        does: dict[str, t.Callable[..., None]] = {
            probing.WRITE: self._mark,
            probing.MAKE: self._make,
            probing.DROP: self._drop,
            probing.PURGE: self._purge,
        }
        if script in does:
            does[script](share, subdir, *more)
        told: dict[str, t.Any] = {
            "marker": share.get(facts.MARKER),
            "claim": share.get(facts.CLAIM + name),
            "has_directory": subdir in share.get("directories", ()),
        }
        return Ran(0, json.dumps(told), "")

    def _mark(self, share: dict[str, t.Any], subdir: str, texts: str) -> None:
        self._touch("mark")
        for what, text in json.loads(texts).items():
            share.setdefault(what, text)

    def _make(self, share: dict[str, t.Any], subdir: str, *_how: str) -> None:
        self._touch("make {0}".format(subdir))
        share["directories"] = sorted({*share.get("directories", ()), subdir})

    def _drop(self, share: dict[str, t.Any], subdir: str, what: str, text: str) -> None:
        self._touch("drop {0}".format(what))
        share.pop(what, None)

    def _purge(self, share: dict[str, t.Any], subdir: str) -> None:
        self._touch("purge {0}".format(subdir))
        share["directories"] = [each for each in share["directories"] if each != subdir]

    def _dpkg_query(self, command: list[str]) -> Ran:
        return Ran(0, "".join("{0} installed\n".format(each) for each in self.packages), "")

    def _apt_get(self, command: list[str]) -> Ran:
        self._touch("apt-get {0}".format("update" if "update" in command else "install"))
        if self.story.get("offline"):
            return Ran(100, "", "E: Unable to locate package {0}\n".format(command[-1]))
        if "install" in command:
            self.packages.update(command[command.index("install") + 1 :])
        return OK

    def close(self, path: str) -> None:
        self._touch("guard {0}".format(path))
        self.directories[path] = 0

    def drop(self, path: str) -> None:
        self._touch("rmdir {0}".format(path))
        self.directories.pop(path, None)

    def content(self, path: str) -> list[str]:
        return self.litter.get(path, [])

    def _fusermount3(self, command: list[str]) -> Ran:
        self._touch("fusermount3 {0}".format(command[-1]))
        return self.unmount(command[-1])

    def _systemctl(self, command: list[str]) -> Ran:
        verb, unit = command[1], command[-1]
        if verb == "show":
            return Ran(0, "\n\n".join(map(self._shown, command[2:-1])), "")
        if verb in ("reset-failed", "daemon-reload"):
            return OK
        self._touch("systemctl {0} {1}".format(verb, unit))
        if verb in ("enable", "disable"):
            (self.enabled.add if verb == "enable" else self.enabled.discard)(unit)
        if verb == "start":
            return self._start(unit)
        point = facts.ROOT + "/" if unit.endswith(".mount") else ""
        if verb == "stop" and point:
            return self.unmount(self._unit(unit)["Where"])
        return OK

    def _shown(self, unit: str) -> str:
        enabled = "enabled" if unit in self.enabled else "disabled"
        return "Id={0}\nActiveState=inactive\nUnitFileState={1}\n".format(unit, enabled)

    def _unit(self, unit: str) -> dict[str, str]:
        lines = (self.files.get(facts.UNITS + unit) or b"").decode().splitlines()
        pairs = (line.partition("=") for line in lines if not line.startswith("#"))
        return {name: value for name, _sign, value in pairs}

    def _start(self, unit: str) -> Ran:
        said = self._unit(unit)
        if "ExecStart" in said:
            words = shlex.split(said["ExecStart"])
            source, point, options = words[2], words[3], words[5]
            type = "fuse.sshfs"
        else:
            source, point, options = said["What"], said["Where"], said["Options"]
            type = said["Type"]
        if self.shares.get(source, {}).get("state") in ("refuses", "silent"):
            return Ran(1, "", "Job for {0} failed.".format(unit))
        # What was lost with a mount is found again by the next one.
        if self.shares.get(source, {}).get("state") == "lost":
            del self.shares[source]["state"]
        self.mount(point, source, type, options)
        return OK

    def _journalctl(self, command: list[str]) -> Ran:
        return Ran(0, "read: Connection reset by peer\n", "")

    # Mounts.

    def mount(self, point: str, source: str, type: str, options: str = "") -> None:
        device, root = "0:{0}".format(next(self.numbers)), "/"
        if type == "none":
            device, root = mountinfo.seen_through(self.mounts, source)
        told = frozenset({"ro" if "ro" in options.split(",") else "rw", *options.split(",")})
        new = mountinfo.Mount(point, device, root, type, source, told)
        self.mounts.append(new)

    def unmount(self, point: str) -> Ran:
        layers = mountinfo.at(self.mounts, point)
        if layers:
            self.mounts.remove(layers[-1])
        return OK

    def share_at(self, point: str) -> dict[str, t.Any]:
        layers = mountinfo.at(self.mounts, point)
        return self.shares.setdefault(layers[-1].source, {}) if layers else {}

    def _data(self) -> list[mountinfo.Mount]:
        running = [each for each in self.containers if each.get("state", "running") == "running"]
        found = []
        for name in sorted({each["volume"] for each in running}):
            each = next(one for one in running if one["volume"] == name)
            layers = mountinfo.at(self.mounts, facts.point(name))
            device = each.get("device") or (layers[-1].device if layers else "0:9")
            found.append(mountinfo.Mount(DATA.format(name), device, "/data", "x", "x"))
        return found

    def _touch(self, what: str) -> None:
        if self.fuse <= 0:
            raise Killed(what)
        self.fuse -= 1
        self.touches.append(what)


def _line(mount: mountinfo.Mount) -> str:
    point = mount.point.replace(" ", "\\040")
    head = "1 1 {0} {1} {2} {3}".format(
        mount.device, mount.root, point, ",".join(sorted(filter(None, mount.options))) or "rw"
    )
    return "{0} - {1} {2} rw\n".format(head, mount.type, mount.source)
