# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our answer to a row of the oracles; a row's kind chooses the phase that answers."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose import (
    canonical,
    defaults,
    dotenv,
    merge,
    mounts,
    normalize,
    ports,
    rules,
    schema,
    template,
    unicity,
)
from ansible_collections.slipway.docker.plugins.module_utils.compose.project import load, load_wish
from ansible_collections.slipway.docker.plugins.module_utils.compose.scene import Desk, Phases
from ansible_collections.slipway.docker.plugins.module_utils.compose.tree import dotted
from ansible_collections.slipway.docker.plugins.module_utils.compose.wish import Wish
from tests.oracles.reference_json import spell

Row = t.Dict[str, t.Any]
LOADER = "files/compose-go-tests/loader"
TWINS = ("/compose-go/", "/compose-go-tests/")


def _text(path: str) -> str:
    """The text of a file; the two copies of one upstream folder fill each other's gaps."""
    with open(path if os.path.exists(path) else _twin(path), encoding="utf-8") as file:
        return file.read()


def _twin(path: str) -> str:
    for here, there in (TWINS, TWINS[::-1]):
        if here in path and os.path.exists(path.replace(here, there)):
            return path.replace(here, there)
    return path


def whole_file(row: Row, folder: str) -> t.Any:
    """A file loaded whole, all profiles active, without an environment."""
    return spell(load([row["file"]], read=_text, profiles=["*"]))


def inline_files(row: Row, folder: str) -> t.Any:
    """Files that stand in the row, loaded with the row's options."""
    wanted, options = row["in"], row["in"]["opts"]
    texts: dict[str, str] = {}
    names: list[str] = []
    for index, file in enumerate(wanted["files"]):
        name = file["filename"] or "(inline)"
        name = name if name not in names else "{0}#{1}".format(name, index)
        names.append(name)
        if file.get("content") is not None:
            texts[name] = file["content"]

    def read(path: str) -> str:
        if path in texts:
            return texts[path]
        return _text(_lying(path, folder))

    phases = Phases(
        extends=not options["SkipExtends"],
        include=not options["SkipInclude"],
        validate=not options["SkipValidation"],
        defaults=not options["SkipDefaultValues"],
        paths=options["ResolvePaths"],
        normalize=not options["SkipNormalization"],
        consistency=not options["SkipConsistencyCheck"],
    )
    wish = Wish(
        files=names,
        folder=wanted["workdir"],
        environment=wanted["env"] or {},
        name=options["name"],
        named=options["nameImperative"],
        profiles=options["Profiles"] or (),
        services=options["SelectedServices"] or (),
        phases=phases,
    )
    return spell(
        load_wish(
            wish, Desk(read, {}, _fetch(folder) if options["loaders"] > 1 else lambda path: None)
        )
    )


def _lying(path: str, folder: str) -> str:
    return path if os.path.isabs(path) else os.path.join(folder, LOADER, path)


def _fetch(folder: str) -> t.Callable[[str], str | None]:
    """The second loader of a row: what it calls remote is kept beside the others."""

    def fetch(path: str) -> str | None:
        scheme, sign, rest = path.partition("remote:")
        return (
            os.path.join(folder, LOADER, "testdata/remote", rest) if sign and not scheme else None
        )

    return fetch


def _volume(row: Row, folder: str) -> t.Any:
    found = mounts.parse_volume(row["in"])
    if "bind" in found:
        found["bind"] = {
            key: value for key, value in found["bind"].items() if key != "create_host_path"
        }
    return found


def _accepted(check: t.Callable[[t.Any, t.Any], None]) -> t.Callable[[Row, str], t.Any]:
    def answer(row: Row, folder: str) -> t.Any:
        check(row["in"], dotted)
        return True

    return answer


def _lookup(row: Row) -> t.Callable[[str], str | None]:
    return (row["in"]["lookups"] or {}).get


ANSWERS: dict[str, t.Callable[[Row, str], t.Any]] = {
    "canonical": lambda row, folder: canonical.canonical(row["in"][0], dotted),
    "defaults": lambda row, folder: defaults.fill(row["in"]),
    "dotenv": lambda row, folder: dotenv.parse(
        row["in"]["src"], _lookup(row), known=row["in"]["pre"]
    ),
    "load": inline_files,
    "merge": lambda row, folder: merge.merge(row["in"][0], row["in"][1], dotted),
    "normalize": lambda row, folder: normalize.normalize(row["in"][0], row["in"][1] or {}),
    "port": lambda row, folder: ports.parse_port(row["in"]),
    "schema": _accepted(schema.validate),
    "substitute": lambda row, folder: template.substitute(row["in"]["template"], _lookup(row)),
    "unicity": lambda row, folder: unicity.settle(row["in"], dotted),
    "validate": _accepted(rules.check),
    "volume": _volume,
}
