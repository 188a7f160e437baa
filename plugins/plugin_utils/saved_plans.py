# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Saved plans as files: one of JSON a host, and one that a person reads."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import typing as t
import urllib.parse

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError, Refused

FORMAT = 1
AGAIN = "make the plan anew with playbooks/plan.yml, read it, and apply that"
UNTOUCHED = "nothing was touched; " + AGAIN
Runs = t.List[t.Dict[str, t.Any]]


class Shelf:
    """A directory with the saved plans of a fleet."""

    def __init__(self, directory: str) -> None:
        if not directory:
            raise InputError("plan", "no directory given", "name one: -e plan=DIR")
        self.directory = os.path.abspath(os.path.expanduser(directory))

    def save(self, host: str, address: str, collection: str, runs: Runs) -> None:
        """Write a host's plan, for machines and for people."""
        held = {
            "format": FORMAT,
            "host": host,
            "address": address,
            "collection": collection,
            "runs": runs,
        }
        text = json.dumps({**held, "digest": digest(held)}, indent=2) + "\n"
        os.makedirs(self.directory, mode=0o700, exist_ok=True)
        self._write(self.path(host), text, 0o600)
        self._write(self.path(host, "txt"), printed(runs), 0o644)

    def load(self, host: str, address: str) -> Runs:
        """A host's plan, or why it can't be applied."""
        held = self._read(host)
        path = self.path(host)
        if held.get("format") != FORMAT:
            problem = "it has format {0!r}".format(held.get("format"))
            raise Refused(path, "{0}, not {1}".format(problem, FORMAT), UNTOUCHED)
        if held.pop("digest", None) != digest(held):
            raise Refused(path, "it was edited after it was saved", UNTOUCHED)
        if (held["host"], held["address"]) != (host, address):
            found = "{0} at {1!r}".format(held["host"], held["address"])
            problem = "it is of another fleet: {0}, not {1} at {2!r}".format(found, host, address)
            raise Refused(path, problem, UNTOUCHED)
        return list(held["runs"])

    def drop(self, host: str) -> None:
        """Have no plan of a host, so that one which can't be made leaves no old one behind."""
        for path in (self.path(host), self.path(host, "txt")):
            if os.path.exists(path):
                os.remove(path)

    def path(self, host: str, ending: str = "json") -> str:
        """Where a host's plan lies."""
        name = urllib.parse.quote(host, safe="")
        return os.path.join(self.directory, "{0}.{1}".format(name, ending))

    def _read(self, host: str) -> dict[str, t.Any]:
        path = self.path(host)
        try:
            with open(path, encoding="utf-8") as file:
                held = json.load(file)
        except FileNotFoundError:
            raise Refused(self.directory, self._why_none(host), UNTOUCHED) from None
        except (OSError, ValueError) as error:
            raise Refused(path, "it can't be read ({0})".format(error), UNTOUCHED) from None
        return held if isinstance(held, dict) else {}

    def _why_none(self, host: str) -> str:
        if not os.path.isdir(self.directory):
            return "there is no such directory on the controller"
        names = sorted(name for name in os.listdir(self.directory) if name.endswith(".json"))
        others = ", ".join(urllib.parse.unquote(name[: -len(".json")]) for name in names)
        held = "it holds those of {0}".format(others) if others else "it is empty"
        return "there is no plan of {0}: {1}".format(host, held)

    def _write(self, path: str, text: str, mode: int) -> None:
        with tempfile.NamedTemporaryFile(
            "w", dir=self.directory, delete=False, encoding="utf-8"
        ) as file:
            file.write(text)
        os.chmod(file.name, mode)
        os.replace(file.name, path)


def digest(held: t.Mapping[str, t.Any]) -> str:
    """What tells that a file is as it was written; it is no signature."""
    return hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()


def printed(runs: Runs) -> str:
    """The plans of a host as people read them."""
    blocks = ("{0}:\n{1}".format(each["title"], _indented(each["plan"])) for each in runs)
    return "\n".join(blocks)


def _indented(lines: t.Sequence[str]) -> str:
    return "".join("  {0}\n".format(line) for line in lines or ["nothing to do"])


def numbered(title: str, before: t.Sequence[str]) -> str:
    """A title that no earlier run of this play has."""
    same = sum(each == title or each.startswith(title + " #") for each in before)
    return "{0} #{1}".format(title, same + 1) if same else title


def find(runs: Runs, title: str) -> dict[str, t.Any]:
    """The saved plan of a module run, as the module takes it."""
    for each in runs:
        if each["title"] == title:
            return {"plan": each["plan"], "fingerprints": each["fingerprints"]}
    held = ", ".join(each["title"] for each in runs) or "none"
    problem = "there is no saved plan of it; those of this host are: {0}".format(held)
    raise Refused(title, problem, "nothing of it was done; " + AGAIN)
