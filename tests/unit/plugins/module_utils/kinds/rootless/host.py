# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host of a few lines with users: their homes, their service managers, and their engines."""

from __future__ import annotations

import json
import types
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless import unit
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.facts import (
    config_of,
    data_of,
    link_of,
    socket_of,
    unit_of,
)
from ansible_collections.slipway.docker.plugins.module_utils.outside.homes import Account, HomeFile
from ansible_collections.slipway.docker.plugins.module_utils.outside.programs import Ran

Story = t.Mapping[str, t.Any]
LINGER = "/var/lib/systemd/linger/"
# What an engine dies of, what it can't reload, and what its program finds wrong beforehand.
DEADLY, STUBBORN, INVALID = b"deadly", b"stubborn", b"invalid"


class Killed(Exception):
    """The run was killed: from here on it touches nothing."""


class User:
    """A user: what the home holds, and the engine that the unit in it runs."""

    def __init__(self, account: Account, told: Story) -> None:
        self.account = account
        home = account.home
        self.files = {
            home + "/" + path: text.encode() for path, text in told.get("files", {}).items()
        }
        if told.get("home", True):
            self.files[home] = b""
        self.modes: dict[str, int] = {}
        self.is_awake = bool(told.get("awake"))
        self.by_hand = bool(told.get("by_hand"))
        self.containers: list[str] = list(told.get("containers", ()))
        self.known: bytes | None = None
        self.taken: tuple[bytes | None, bytes | None] | None = None
        self.number = self.events = 0

    @property
    def config(self) -> bytes | None:
        return self.files.get(config_of(self.account))

    @property
    def unit(self) -> bytes | None:
        return self.files.get(unit_of(self.account))

    @property
    def is_enabled(self) -> bool:
        return link_of(self.account) in self.files

    def start(self) -> bool:
        """Start the engine with the unit that the manager knows; whether it lives."""
        self.taken = None
        if self.known is None or DEADLY in (self.config or b"") or DEADLY in self.known:
            return False
        self.taken, self.number = (self.config, self.known), self.number + 1
        self.files[data_of(self.account)] = b""
        return True


class Machine:
    """The host; `fuse` is the number of touches that a run has before it is killed."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.fuse: float = float("inf")
        self.touches: list[str] = []
        self.files = {path: text.encode() for path, text in story.get("files", {}).items()}
        accounts = {"ada": {}, **story.get("users", {})}
        self.users = {
            name: User(Account(name, 1001 + number, "/home/" + name), told or {})
            for number, (name, told) in enumerate(accounts.items())
        }
        self.clock = 0.0

    # What observers and actions are handed.

    @property
    def outside(self) -> t.Any:
        return types.SimpleNamespace(
            run=self.run, read_bytes=self.read_bytes, write=self.write, remove=self.remove,
            exists=self.exists, mode_of=lambda path: None, machine=self, homes=Homes(self), api=self.api,
            now=lambda: self.clock, wall=lambda: self.clock, pause=self.pause,
        )  # fmt: skip

    is_root = property(lambda self: self.story.get("root", True))
    user = property(lambda self: "root" if self.is_root else "deploy")

    def account(self, name: str) -> Account | None:
        if name == "root":
            return Account("root", 0, "/root")
        return self.users[name].account if name in self.users else None

    def mounts_below(self, path: str) -> list[str]:
        return list(self.story.get("mounts", ()))

    def pause(self, seconds: float) -> None:
        self.clock += seconds

    # Files of the system.

    def read_bytes(self, path: str) -> bytes | None:
        if path == "/etc/passwd":
            names = self.story.get("local", list(self.users))
            return "".join("{0}:x:1:1::/:\n".format(name) for name in names).encode()
        return self.files.get(path)

    def write(self, path: str, data: bytes, mode: int = 0o644) -> None:
        self.touch("write {0}".format(path))
        self.files[path] = data

    def remove(self, path: str) -> None:
        if path in self.files:
            self.touch("remove {0}".format(path))
            del self.files[path]

    def exists(self, path: str) -> bool:
        if path == "/run/systemd/system":
            return bool(self.story.get("systemd", True))
        return path in self.files

    # Programs that run as root.

    def run(self, command: t.Sequence[str], **_details: t.Any) -> Ran:
        doer = getattr(self, "_" + command[0].replace("-", "_"))
        return t.cast(Ran, doer(list(command)))

    def _systemctl(self, command: list[str]) -> Ran:
        uid = int(command[2].partition("@")[2].partition(".")[0])
        self.touch(" ".join(command))
        next(user for user in self.users.values() if user.account.uid == uid).is_awake = True
        return Ran(0, "", "")

    def _loginctl(self, command: list[str]) -> Ran:
        self.touch(" ".join(command))
        name = command[2]
        if command[1] == "enable-linger":
            self.files[LINGER + name] = b""
            self.users[name].is_awake = True
        else:
            self.files.pop(LINGER + name, None)
        return Ran(0, "", "")

    def _usermod(self, command: list[str]) -> Ran:
        self.touch(" ".join(command[:-1]))
        name = command[-1]
        for flag, numbers in zip(command[1:-1:2], command[2:-1:2]):
            path = "/etc/subuid" if flag.endswith("subuids") else "/etc/subgid"
            first, last = (int(number) for number in numbers.split("-"))
            line = "{0}:{1}:{2}\n".format(name, first, last - first + 1).encode()
            self.files[path] += line
        return Ran(0, "", "")

    def _journalctl(self, command: list[str]) -> Ran:
        return Ran(0, "+ exec dockerd\nlevel=info chatter\nfailed to start daemon: deadly\n", "")

    # The engine's API.

    def api(self, path: str) -> t.Any:
        users = (user for user in self.users.values() if socket_of(user.account) == path)
        user = next(users)

        def get(path: str) -> t.Any:
            answers = {
                "/version": {"Version": "26.1", "ApiVersion": "1.45"},
                "/info": {"ContainersRunning": len(user.containers), "Driver": "overlay2"},
                "/containers/json": [{"Names": ["/" + name]} for name in user.containers],
            }
            is_there = user.by_hand or (user.taken and not self.story.get("deaf"))
            return answers[path] if is_there else None

        def events(since: float, until: float, **_filters: t.Any) -> list[int]:
            reloads, user.events = user.events, 0
            return list(range(reloads))

        return types.SimpleNamespace(get=get, events=events)

    def touch(self, what: str) -> None:
        if self.fuse <= 0:
            raise Killed(what)
        self.fuse -= 1
        self.touches.append(what)

    # What tests ask.

    def looked(self, name: str = "ada") -> dict[str, t.Any]:
        """What is there of a user's engine."""
        user = self.users[name]
        config, text = user.config, user.unit
        note = json.loads(self.files.get("/var/lib/slipway/rootless-{0}.json".format(name), b"{}"))
        return {
            "config": None if config is None else json.loads(config),
            "environment": None if text is None else unit.environment(text.decode()),
            "unit": text is not None,
            "runs": user.taken is not None,
            "is_taken": user.taken == (config, text),
            "enabled": user.is_enabled,
            "lingers": LINGER + name in self.files,
            "subuid": self.files.get("/etc/subuid", b"").decode(),
            "subgid": self.files.get("/etc/subgid", b"").decode(),
            "has_data": data_of(user.account) in user.files,
            "number": user.number,
            "note": bool(note),
            "pending": note.get("pending", ""),
            "mode": oct(user.modes.get(config_of(user.account), 0)),
            "unit_mode": oct(user.modes.get(unit_of(user.account), 0)),
        }


class Homes:
    """The homes of the host, and what runs there as their owners."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def look(self, account: Account, paths: t.Sequence[str]) -> dict[str, HomeFile]:
        files, modes = self._user(account).files, self._user(account).modes
        return {
            path: HomeFile(modes.get(path, 0o644), files[path]) for path in paths if path in files
        }

    def write(self, account: Account, path: str, text: str, mode: int = 0o600) -> None:
        self.machine.touch("write {0}".format(path))
        self._user(account).files[path], self._user(account).modes[path] = text.encode(), mode

    def remove(self, account: Account, path: str) -> None:
        if path in self._user(account).files:
            self.machine.touch("remove {0}".format(path))
            del self._user(account).files[path]

    def run(
        self, account: Account, command: t.Sequence[str], stdin: str = "", timeout: float = 60
    ) -> Ran:
        user = self._user(account)
        if command[0] == "systemctl":
            return self._systemctl(user, command[2])
        if command[0] == "dockerd":
            invalid = INVALID in user.files[command[-1]]
            return Ran(1, "", "it is invalid") if invalid else Ran(0, "", "")
        self.machine.touch(" ".join(command))
        user.files.pop(command[-1], None)
        return Ran(0, "", "")

    def _systemctl(self, user: User, verb: str) -> Ran:
        if not user.is_awake:
            return Ran(1, "", "Failed to connect to bus")
        if verb == "show":
            told = ("active", user.number) if user.taken else ("inactive", 0)
            return Ran(0, "MainPID={1}\nActiveState={0}\n".format(*told), "")
        if verb == "is-failed":
            return Ran(0 if self.machine.story.get("dies") else 1, "", "")
        if verb == "reset-failed":
            return Ran(1, "", "")
        self.machine.touch("systemctl --user {0}".format(verb))
        return getattr(self, "_" + verb.replace("-", "_"))(user)  # type: ignore[no-any-return]

    def _daemon_reload(self, user: User) -> Ran:
        user.known = user.unit
        return Ran(0, "", "")

    def _enable(self, user: User) -> Ran:
        user.files[link_of(user.account)] = b""
        return Ran(0, "", "")

    def _disable(self, user: User) -> Ran:
        user.files.pop(link_of(user.account), None)
        user.taken = None
        return Ran(0, "", "")

    def _stop(self, user: User) -> Ran:
        user.taken = None
        return Ran(0, "", "")

    def _start(self, user: User) -> Ran:
        lives = bool(user.taken) or user.start()
        return Ran(0, "", "") if lives else Ran(1, "", "Job for docker.service failed")

    def _restart(self, user: User) -> Ran:
        return Ran(0, "", "") if user.start() else Ran(1, "", "Job for docker.service failed")

    def _reload(self, user: User) -> Ran:
        if user.taken and STUBBORN not in (user.config or b""):
            user.taken, user.events = (user.config, user.taken[1]), user.events + 1
        return Ran(0, "", "")

    def _user(self, account: Account) -> User:
        return self.machine.users[account.name]
