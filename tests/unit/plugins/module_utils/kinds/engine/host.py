# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Debian host of a few lines: packages, files, accounts, service managers, and an engine."""

from __future__ import annotations

import json
import re
import types
import typing as t
from pathlib import Path

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import Unreachable
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import (
    archive,
    environment,
    remote_api,
    service,
    supervisor,
    units,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import CONFIG_PATH
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.ports import (
    files as ports,
)
from ansible_collections.slipway.docker.plugins.module_utils.outside.programs import Ran
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.kinds.engine.carried import (
    Carried,
)
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.kinds.engine.fake_apt import (
    Apt,
    Story,
)
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.kinds.engine.filter import (
    Filter,
)
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.kinds.engine.unpacked import (
    Unpacked,
)

SOCKET, SYSTEMD = "/var/run/docker.sock", "/run/systemd/system"
# What an engine dies of, what it can't reload, and what its program finds wrong beforehand.
DEADLY, STUBBORN, INVALID = "deadly", "stubborn", "invalid"


KEYS = Path(__file__).parent / "keys"
OS_RELEASE = """ID={0}
VERSION_ID="{1}"
VERSION_CODENAME=suite{1}
PRETTY_NAME="{0} {1}"
"""


class Killed(Exception):
    """The run was killed: from here on it touches nothing."""


class Machine(Apt):
    """The host; `fuse` is the number of touches that a run has before it is killed."""

    def __init__(self, story: Story) -> None:
        super().__init__(story)
        self.fuse: float = float("inf")
        self.touches: list[str] = []
        self.files = {path: text.encode() for path, text in story.get("files", {}).items()}
        self.modes: dict[str, int] = {}
        self.web: dict[str, str] = dict(story.get("web", {}))
        self.broken: list[str] = list(story.get("broken", ()))
        self.links: dict[str, str] = dict(story.get("links", {}))
        self.archives = Unpacked(story, self._touch)
        self.has_group = bool(story.get("has_group", True))
        self.accounts: list[str] = list(story.get("accounts", ()))
        self.groups: list[str] = list(story.get("groups", ()))
        self.group: list[str] = list(story.get("group", ()))
        self.enabled = bool(story.get("enabled", True))
        self.manager = str(story.get("manager", ""))
        self.runs = self.links.get(archive.CURRENT) if self.manager else None
        self.taken: bytes | None = self.files.get(CONFIG_PATH) if self.manager else None
        self.number = 100
        self.events = 0
        self.clock = 0.0
        self.version = str(story.get("runs", self.engine_version)) if self.manager else ""
        self.filter = Filter(self.files)
        if self.manager:
            self.filter.engine_started()
        self.units: dict[str, bytes] = {}
        self._read_units()
        self.carried = Carried(self, str(story.get("issue", "first")))
        self.unit_command = str(
            story.get("unit_command", "/usr/sbin/dockerd -H fd:// $DOCKER_OPTS")
        )
        self.listening = remote_api.parse(self._way_in()) if self.manager else {}
        self._settle()

    # What observers and actions are handed.

    @property
    def outside(self) -> t.Any:
        return types.SimpleNamespace(
            run=self.run, read_bytes=self.read_bytes, write=self.write, remove=self.remove,
            exists=self.exists, mode_of=self.modes.get, machine=self, processes=self, fetch=self.fetch,
            read_link=self.read_link, link=self.link, archives=self.archives,
            tune=self.tune, trees=self.carried, parcels=self.carried,
            local=types.SimpleNamespace(get=self.get, events=self.told), engine=self, data_roots=self,
            now=lambda: self.clock, wall=lambda: self.clock, pause=self.pause,
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
        self._touch("empty {0}".format(path))
        for name in [name for name in self.files if name.startswith(path)]:
            del self.files[name]

    def fetch(self, url: str) -> bytes:
        self._touch("fetch {0}".format(url))
        if url not in self.web:
            raise Unreachable(url, "it can't be reached")
        return (KEYS / self.web[url]).read_bytes()

    def forget_connection(self) -> None:
        """Nothing is kept of a connection."""

    def pause(self, seconds: float) -> None:
        self.clock += seconds

    # Data roots.

    @property
    def data_root(self) -> str:
        """Where the running engine keeps its data, or one that is started would."""
        text = self.taken if self.manager else self.files.get(CONFIG_PATH)
        found = re.search(rb'"data-root": "([^"]+)"', text or b"")
        return found.group(1).decode() if found else "/var/lib/docker"

    def below(self, path: str) -> list[str]:
        return [name[len(path) :] for name in self.files if name.startswith(path)]

    def measure(self, path: str) -> tuple[int, int]:
        return 3 << 20, len(self.below(path))

    def room(self, path: str) -> t.Any:
        holds = tuple(sorted({name.split("/")[1] for name in self.below(path)}))
        known = {"path": path, "filesystem": "ext4", "bytes": 1 << 30, "files": 1 << 20}
        return types.SimpleNamespace(**{**known, "holds": holds, **self.story.get("room", {})})

    def copy(self, source: str, target: str) -> Ran:
        for name in self.below(source):
            self.write(target + name, self.files[source + name])
        return (
            Ran(1, "", "cp: No space left on device") if self.story.get("full") else Ran(0, "", "")
        )

    def differences(self, source: str, target: str) -> list[str]:
        return ["/image/app: content"] if self.story.get("untrue") else []

    def give_up(self, path: str) -> None:
        self.clear(path)

    def clear(self, path: str) -> None:
        for name in self.below(path):
            self.remove(path + name)

    # Files.

    def read_bytes(self, path: str) -> bytes | None:
        known = {
            "/etc/os-release": OS_RELEASE.format(*self.story.get("system", "debian 12").split()),
            "/etc/group": "".join(["root:x:0:\n", *self._groups()]),
            "/sys/module/apparmor/parameters/enabled": "Y\n"
            if self.story.get("apparmor")
            else "N\n",
        }
        known.update(self.story.get("proc", {}))
        return known[path].encode() if path in known else self.files.get(path)

    def _groups(self) -> t.Iterator[str]:
        if self.has_group:
            yield "docker:x:99:{0}\n".format(",".join(self.group))
        yield from ("{0}:x:1:\n".format(name) for name in self.groups)

    def write(self, path: str, data: bytes, mode: int = 0o644, directory_mode: int = 0) -> None:
        self._touch("write {0}".format(path))
        self.files[path], self.modes[path] = data, mode

    def tune(self, path: str, text: str) -> str:
        if self.story.get("read_only"):
            return "Read-only file system"
        self._touch("tune {0}".format(path))
        self.files[path] = text.encode() + b"\n"
        return ""

    def remove(self, path: str) -> None:
        if path in self.files:
            self._touch("remove {0}".format(path))
            del self.files[path]
        elif path in self.links:
            self._touch("remove {0}".format(path))
            del self.links[path]

    def read_link(self, path: str) -> str | None:
        return self.links.get(path, "" if path in self.files else None)

    def link(self, target: str, path: str) -> None:
        self._touch("link {0}".format(path))
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
        self._touch("send {0}".format(signal))
        if signal == supervisor.STOP:
            self._stop()
        elif STUBBORN not in str(self.files.get(CONFIG_PATH)):
            self.taken, self.events = self.files.get(CONFIG_PATH), self.events + 1

    def ended(self, pid: int, timeout: float) -> bool:
        return not self.alive(pid)

    def spawn(self, command: t.Sequence[str], log: str) -> int:
        self._touch("spawn {0}".format(command[-1]))
        self._start(service.SUPERVISED)
        return self.number

    def get(self, path: str, *_patience: float, **_params: t.Any) -> t.Any:
        containers = self.story.get("containers", ())
        answers = {
            "/version": {"Version": self.story.get("version", self.version), "ApiVersion": "1.41"},
            "/info": {
                "ContainersRunning": len(containers), "DockerRootDir": self.data_root,
                "LiveRestoreEnabled": "live-restore" in str(self.taken),
                **self.story.get("info", {}),
            },
            "/containers/json": [
                {"Names": ["/" + name], "Id": name, "Ports": self.story.get("ports", [])}
                for name in containers
            ],
            "/images/json": [{"Id": name} for name in sorted(self.below(self.data_root + "/image/"))],
            "/volumes": {"Volumes": None},
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

    def _grep(self, command: list[str], words: list[str]) -> Ran:
        rivals = self.story.get("rivals", {}).items()
        return Ran(0, "".join("{0}:deb {1} stable main\n".format(*each) for each in rivals), "")

    def _have(self, command: list[str], names: list[str]) -> Ran:
        ran = super()._have(command, names)
        self._read_units()
        return ran

    def _systemctl(self, command: list[str], words: list[str]) -> Ran:
        verb = words[1]
        if verb == "show":
            return Ran(0, self._units(), "")
        if verb == "cat":
            return self._unit()
        if verb == "reset-failed":
            return Ran(0, "", "")
        self._touch("systemctl {0}".format(verb))
        if ports.UNIT in command:
            return self.filter.unit(verb)
        if verb == "daemon-reload":
            self._read_units()
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

    def _iptables_save(self, command: list[str], words: list[str]) -> Ran:
        return self.filter.saved(4)

    def _ip6tables_save(self, command: list[str], words: list[str]) -> Ran:
        return self.filter.saved(6)

    def _sh(self, command: list[str], words: list[str]) -> Ran:
        self._touch("rules {0}".format(command[-1]))
        return self.filter.remove() if command[-1] == "remove" else self.filter.apply()

    def _units(self) -> str:
        active = self.manager == service.SYSTEMD
        state = self.story.get("unit") or ("enabled" if self.enabled else "disabled")
        return (
            "Id=docker.service\nActiveState={0}\nMainPID={1}\nUnitFileState={2}\n\n"
            "Id=docker.socket\nActiveState={0}\n"
        ).format("active" if active else "inactive", self.number if active else 0, state)

    def _read_units(self) -> None:
        """What systemd knows of its units, which may be less than what is on the disk."""
        self.units = {name: data for name, data in self.files.items() if "/systemd/" in name}

    def _unit(self) -> Ran:
        if "docker.io" not in self.packages:
            return Ran(1, "", "No files found for docker.service.")
        unit = "# /lib/systemd/system/docker.service\n[Service]\nExecStart={0}\n"
        added = sorted(path for path in self.files if "/docker.service.d/" in path)
        texts = ("# {0}\n{1}".format(path, self.files[path].decode()) for path in added)
        return Ran(0, "\n".join([unit.format(self.unit_command), *texts]), "")

    def _docker(self, command: list[str], words: list[str]) -> Ran:
        verb = words[1]
        self._touch("init script {0}".format(verb))
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

    def _modprobe(self, command: list[str], words: list[str]) -> Ran:
        if words[1] not in self.story.get("loadable", ()):
            return Ran(1, "", "modprobe: FATAL: Module {0} not found.".format(words[1]))
        if "--dry-run" not in command:
            self._touch("modprobe {0}".format(words[1]))
            self.files["/sys/module/{0}/refcnt".format(words[1])] = b"0"
            for path in self.story.get("brings", ()):
                self.files.setdefault(path, b"0")
        return Ran(0, "", "")

    def _gpasswd(self, command: list[str], words: list[str]) -> Ran:
        self._touch(" ".join(words[:2]))
        name = words[1]
        self.group = [each for each in self.group if each != name]
        if "--add" in command:
            self.group.append(name)
        return Ran(0, "", "")

    def _useradd(self, command: list[str], words: list[str]) -> Ran:
        return self._account(self.accounts, words)

    def _groupadd(self, command: list[str], words: list[str]) -> Ran:
        if words[-1] != "docker":
            return self._account(self.groups, words)
        self._touch("groupadd docker")
        self.has_group = True
        return Ran(0, "", "")

    def _userdel(self, command: list[str], words: list[str]) -> Ran:
        return self._account(self.accounts, words)

    def _groupdel(self, command: list[str], words: list[str]) -> Ran:
        return self._account(self.groups, words)

    def _account(self, known: list[str], words: list[str]) -> Ran:
        self._touch(" ".join(words))
        known.append(words[-1]) if words[0].endswith("add") else known.remove(words[-1])
        return Ran(0, "", "")

    def _journalctl(self, command: list[str], words: list[str]) -> Ran:
        return Ran(0, "level=info chatter\nfailed to start daemon: {0}\n".format(DEADLY), "")

    def own_units(self) -> dict[str, bytes]:
        """The units of ours."""
        return {path: self.files[path] for path in units.texts("") if path in self.files}

    # The engine itself.

    def _start(self, manager: str) -> None:
        text = self.files.get(CONFIG_PATH)
        drop_in = self.units.get(environment.DROP_IN, b"")
        if self._is_deadly((text or b"") + drop_in) or self._is_broken():
            self.files[service.LOG] = "failed to start daemon: {0}\n".format(DEADLY).encode()
            return
        self.manager, self.taken, self.number = manager, text, self.number + 1
        self.version, self.runs = self.engine_version, self.links.get(archive.CURRENT)
        self.filter.engine_started()
        self.listening = remote_api.parse(self._way_in())
        self._settle()

    def _is_broken(self) -> bool:
        unpacked = self.archives.is_deadly(self.links.get(archive.CURRENT))
        return self.engine_version in self.broken or unpacked

    def _is_deadly(self, said: bytes) -> bool:
        slot = remote_api.slot_in(self._way_in())
        port = remote_api.parse(self._way_in()).get("port")
        shown = self.files.get("/etc/docker/slipway-tls/{0}/cert.pem".format(slot), b"")
        lacks = bool(slot and not shown)
        return DEADLY.encode() in said + shown or port in self.story.get("ports_taken", ()) or lacks

    def _way_in(self) -> str:
        of_systemd = self.units.get(remote_api.DROP_IN, b"")
        said = of_systemd if self.exists(SYSTEMD) else self.files.get(remote_api.DEFAULTS, b"")
        return str(said.decode())

    def _stop(self) -> None:
        self.manager, self.taken, self.runs, self.listening = "", None, None, {}
        self.filter.engine_stopped()
        self._settle()

    def _settle(self) -> None:
        pids = {service.INIT_SCRIPT: service.SCRIPT_PID, "hand": service.ENGINE_PID}
        for path in pids.values():
            self.files.pop(path, None)
        if self.manager in pids:
            self.files[pids[self.manager]] = str(self.number).encode()
        if self.manager:
            self.files[self.data_root + "/containers/x"] = b"data"

    def _touch(self, what: str) -> None:
        if self.fuse <= 0:
            raise Killed(what)
        self.fuse -= 1
        self.touches.append(what)

    @property
    def config(self) -> t.Any:
        text = self.files.get(CONFIG_PATH)
        return None if text is None else json.loads(text)
