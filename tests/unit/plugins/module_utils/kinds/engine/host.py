# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Debian host of a few lines: packages, files, accounts, service managers, and an engine."""

from __future__ import annotations

import json
import types
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import (
    apt,
    archive,
    environment,
    service,
    supervisor,
    units,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import CONFIG_PATH
from ansible_collections.slipway.docker.plugins.module_utils.outside.programs import Ran
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.kinds.engine.unpacked import (
    Unpacked,
)

Story = t.Mapping[str, t.Any]
SOCKET, SYSTEMD = "/var/run/docker.sock", "/run/systemd/system"
# What an engine dies of, what it can't reload, and what its program finds wrong beforehand.
DEADLY, STUBBORN, INVALID = "deadly", "stubborn", "invalid"


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
        self.packages: dict[str, str] = dict(story.get("packages", {}))
        self.links: dict[str, str] = dict(story.get("links", {}))
        self.archives = Unpacked(story, self.touch)
        self.has_group = bool(story.get("has_group", True))
        self.accounts: list[str] = list(story.get("accounts", ()))
        self.group: list[str] = list(story.get("group", ()))
        self.enabled = bool(story.get("enabled", True))
        self.manager = str(story.get("manager", ""))
        self.runs = self.links.get(archive.CURRENT) if self.manager else None
        self.taken: bytes | None = self.files.get(CONFIG_PATH) if self.manager else None
        self.number = 100
        self.events = 0
        self.clock = 0.0
        self._settle()

    # What observers and actions are handed.

    @property
    def outside(self) -> t.Any:
        return types.SimpleNamespace(
            run=self.run, read_bytes=self.read_bytes, write=self.write, remove=self.remove,
            read_link=self.read_link, link=self.link, archives=self.archives,
            exists=self.exists, mode_of=self.modes.get, machine=self, processes=self,
            local=types.SimpleNamespace(get=self.get, events=self.told), engine=self, now=lambda: self.clock, wall=lambda: self.clock, pause=self.pause,
        )  # fmt: skip

    is_root = property(lambda self: self.story.get("root", True))
    user = property(lambda self: "root" if self.is_root else "deploy")
    process = 4242
    python = property(lambda self: self.story.get("python", "/usr/bin/python3"))
    python_is_packaged = property(lambda self: self.python.startswith("/usr/bin/"))

    @property
    def sdk_problem(self) -> str:
        has_it = self.story.get("sdk") or "python3-docker" in self.packages
        return "" if has_it else "No module named 'docker'"

    def knows_user(self, name: str) -> bool:
        return name in self.accounts

    def mounts_below(self, path: str) -> list[str]:
        return list(self.story.get("mounts", ()))

    def empty(self, path: str) -> None:
        self.touch("empty {0}".format(path))
        self.files = {name: data for name, data in self.files.items() if not name.startswith(path)}

    def forget_connection(self) -> None:
        """Nothing is kept of a connection."""

    def pause(self, seconds: float) -> None:
        self.clock += seconds

    # Files.

    def read_bytes(self, path: str) -> bytes | None:
        known = {
            "/etc/os-release": 'ID={0}\nVERSION_ID="{1}"\nPRETTY_NAME="{0} {1}"\n'.format(
                *self.story.get("system", "debian 12").split()
            ),
            "/etc/group": "root:x:0:\n"
            + ("docker:x:99:{0}\n".format(",".join(self.group)) if self.has_group else ""),
            "/sys/module/apparmor/parameters/enabled": "Y\n"
            if self.story.get("apparmor")
            else "N\n",
        }
        return known[path].encode() if path in known else self.files.get(path)

    def write(self, path: str, data: bytes, mode: int = 0o644, directory_mode: int = 0) -> None:
        self.touch("write {0}".format(path))
        self.files[path], self.modes[path] = data, mode

    def remove(self, path: str) -> None:
        if path in self.files:
            self.touch("remove {0}".format(path))
            del self.files[path]
        elif path in self.links:
            self.touch("remove {0}".format(path))
            del self.links[path]

    def read_link(self, path: str) -> str | None:
        return self.links.get(path, "" if path in self.files else None)

    def link(self, target: str, path: str) -> None:
        self.touch("link {0}".format(path))
        self.links[path] = target

    def exists(self, path: str) -> bool:
        if path == SYSTEMD:
            return bool(self.story.get("systemd", True))
        return any(name == path or name.startswith(path + "/") for name in self.files)

    # Processes and the engine's API.

    def since(self, pid: int) -> str:
        return "7" if pid == self.number and self.manager else ""

    def alive(self, pid: int) -> bool:
        return bool(self.since(pid))

    def command(self, pid: int) -> list[str]:
        if not self.alive(pid):
            return []
        return ["sh", supervisor.SCRIPT] if self.manager == service.SUPERVISED else ["dockerd"]

    def send(self, pid: int, signal: int) -> None:
        self.touch("send {0}".format(signal))
        if signal == supervisor.STOP:
            self._stop()
        elif STUBBORN not in str(self.files.get(CONFIG_PATH)):
            self.taken, self.events = self.files.get(CONFIG_PATH), self.events + 1

    def ended(self, pid: int, timeout: float) -> bool:
        return not self.alive(pid)

    def spawn(self, command: t.Sequence[str], log: str) -> int:
        self.touch("spawn {0}".format(command[-1]))
        self._start(service.SUPERVISED)
        return self.number

    def get(self, path: str, **_params: t.Any) -> t.Any:
        containers = self.story.get("containers", ())
        answers = {
            "/version": {"Version": "20.10", "ApiVersion": "1.41"},
            "/info": {
                "ContainersRunning": len(containers), "DockerRootDir": "/var/lib/docker",
                "LiveRestoreEnabled": "live-restore" in str(self.taken),
            },
            "/containers/json": [{"Names": ["/" + name]} for name in containers],
        }  # fmt: skip
        return answers[path] if self.manager and not self.story.get("deaf") else None

    def told(self, since: float, until: float, **_filters: t.Any) -> list[int]:
        """The reloads since the last time that anybody asked."""
        reloads, self.events = self.events, 0
        return list(range(reloads))

    # Programs.

    def run(self, command: t.Sequence[str], **_details: t.Any) -> Ran:
        words = [word for word in command if not word.startswith("-")]
        doer = getattr(self, "_" + words[0].rpartition("/")[2].replace("-", "_"), None)
        return doer(list(command), words) if doer else Ran(127, "", "no such program")

    def _dpkg_query(self, command: list[str], words: list[str]) -> Ran:
        lines = ["{0} installed {1}".format(*each) for each in self.packages.items()]
        if "Version" not in command[3]:
            lines = ["{0} installed".format(name) for name in self.packages]
        return Ran(0, "\n".join(lines) + "\n", "")

    def _apt_get(self, command: list[str], words: list[str]) -> Ran:
        if "update" in command:
            self.touch("apt-get update")
            return Ran(0, "", "")
        verb = "install" if "install" in command else "remove"
        names = command[command.index(verb) + 1 :]
        if "--simulate" in command:
            goes = [*names, *self.story.get("dependents", ())]
            return Ran(0, "".join("Remv {0} [1]\n".format(name) for name in goes), "")
        self.touch("apt-get {0}".format(verb))
        if self.story.get("offline"):
            return Ran(100, "", "E: Unable to locate package {0}\n".format(names[0]))
        if verb == "remove":
            self.packages = {name: of for name, of in self.packages.items() if name not in names}
            return Ran(0, "", "")
        brought = ("containerd", "runc", "tini") if "docker.io" in names else ()
        new = [name for name in (*names, *brought) if name not in self.packages]
        self.packages.update(dict.fromkeys(new, "1"))
        # Debian's package starts the engine unless a policy says no.
        if "docker.io" in new and apt.MARK.encode() not in self.files.get(apt.POLICY, b""):
            self._start(service.SYSTEMD)
        return Ran(0, "", "")

    def _systemctl(self, command: list[str], words: list[str]) -> Ran:
        verb = words[1]
        if verb == "show":
            return Ran(0, self._units(), "")
        if verb == "reset-failed":
            return Ran(0, "", "")
        self.touch("systemctl {0}".format(verb))
        if verb == "enable":
            self.enabled = True
        if verb == "disable":
            self.enabled = False
        if verb in ("stop", "restart", "disable"):
            self._stop()
        if verb in ("start", "restart"):
            self._start(service.SYSTEMD)
        failed = verb in ("start", "restart") and not self.manager
        return Ran(1, "", "Job for docker.service failed") if failed else Ran(0, "", "")

    def _units(self) -> str:
        active = self.manager == service.SYSTEMD
        state = self.story.get("unit") or ("enabled" if self.enabled else "disabled")
        return (
            "Id=docker.service\nActiveState={0}\nMainPID={1}\nUnitFileState={2}\n\n"
            "Id=docker.socket\nActiveState={0}\n"
        ).format("active" if active else "inactive", self.number if active else 0, state)

    def _docker(self, command: list[str], words: list[str]) -> Ran:
        verb = words[1]
        self.touch("init script {0}".format(verb))
        if verb == "stop":
            if self.manager == service.INIT_SCRIPT:
                self._stop()
            return Ran(0, "", "")
        if self.story.get("init_script") != "works":
            return Ran(2, "", "ulimit: error setting limit")
        self._start(service.INIT_SCRIPT)
        return Ran(0, "", "")

    def _dockerd(self, command: list[str], words: list[str]) -> Ran:
        text = self.files[command[-1]]
        if not self.story.get("validates"):
            return Ran(125, "", "unknown flag: --validate")
        return Ran(1, "", "it is invalid") if INVALID.encode() in text else Ran(0, "", "")

    def _groupadd(self, command: list[str], words: list[str]) -> Ran:
        self.touch("groupadd")
        self.has_group = True
        return Ran(0, "", "")

    def _gpasswd(self, command: list[str], words: list[str]) -> Ran:
        self.touch(" ".join(words[:2]))
        name = words[1]
        self.group = [each for each in self.group if each != name]
        if "--add" in command:
            self.group.append(name)
        return Ran(0, "", "")

    def _journalctl(self, command: list[str], words: list[str]) -> Ran:
        return Ran(0, "level=info chatter\nfailed to start daemon: {0}\n".format(DEADLY), "")

    def units(self) -> dict[str, bytes]:
        """The units of ours."""
        return {path: self.files[path] for path in units.texts("") if path in self.files}

    # The engine itself.

    def _start(self, manager: str) -> None:
        text = self.files.get(CONFIG_PATH)
        drop_in = self.files.get(environment.DROP_IN)
        version = self.links.get(archive.CURRENT)
        if DEADLY.encode() in (text or b"") + (drop_in or b"") or self.archives.is_deadly(version):
            self.files[service.LOG] = "failed to start daemon: {0}\n".format(DEADLY).encode()
            return
        self.manager, self.taken, self.number = manager, text, self.number + 1
        self.runs = version
        self._settle()

    def _stop(self) -> None:
        self.manager, self.taken, self.runs = "", None, None
        self._settle()

    def _settle(self) -> None:
        pids = {service.INIT_SCRIPT: service.SCRIPT_PID, "hand": service.ENGINE_PID}
        for path in pids.values():
            self.files.pop(path, None)
        if self.manager in pids:
            self.files[pids[self.manager]] = str(self.number).encode()
        if self.manager:
            self.files["/var/lib/docker/containers/x"] = b"data"

    def touch(self, what: str) -> None:
        if self.fuse <= 0:
            raise Killed(what)
        self.fuse -= 1
        self.touches.append(what)

    @property
    def config(self) -> t.Any:
        text = self.files.get(CONFIG_PATH)
        return None if text is None else json.loads(text)
