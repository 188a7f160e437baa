# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls that bring images and take them away, and what the engine says on the way."""

from __future__ import annotations

import collections
import contextlib
import io
import json
import shutil
import tarfile
import tempfile
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import (
    EngineError,
    StepError,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.fields import BASES_LABEL

TAIL = 20
# A registry that falls silent for so long in mid-pull won't go on.
SILENCE = 600.0
ARCHIVE = {"Content-Type": "application/x-tar"}


def pull(outside: t.Any, step: Step) -> str:
    """Bring the image from its registry."""
    wanted = step.payload
    headers = outside.logins().for_registry(wanted["registry"])
    params = {
        "fromImage": wanted["repository"],
        "tag": wanted["version"],
        "platform": wanted["platform"] or None,
    }
    _follow(
        step,
        lambda: outside.engine.upload("/images/create", headers=headers, silence=SILENCE, **params),
    )
    return _id(outside, step)


def build(outside: t.Any, step: Step) -> str:
    """Have the engine's builder make the image."""
    wanted = step.payload
    bases = {
        base: (outside.engine.get("/images/{0}/json", base) or {}).get("Id")
        for base in wanted["bases"]
    }
    known = {base: id for base, id in bases.items() if id}
    labels = {**wanted["labels"], BASES_LABEL: json.dumps(known, sort_keys=True)}
    with _context(outside, wanted) as data:
        headers = {**ARCHIVE, **outside.logins().for_all()}
        _follow(
            step,
            lambda: outside.engine.upload(
                "/build", data=data, headers=headers, labels=labels, **wanted["params"]
            ),
        )
    return _id(outside, step)


def load(outside: t.Any, step: Step) -> str:
    """Load the archive, with all the images that it holds."""
    with _archive(outside, step.payload) as data:
        _follow(
            step,
            lambda: outside.engine.upload("/images/load", data=data, headers=ARCHIVE, quiet=True),
        )
    return _id(outside, step)


def import_tree(outside: t.Any, step: Step) -> str:
    """Make an image of a root file system."""
    wanted = step.payload
    params = {
        "fromSrc": "-",
        "repo": wanted["repository"],
        "tag": wanted["tag"],
        "changes": wanted["changes"],
    }
    with _archive(outside, wanted) as data:
        upload = outside.engine.upload
        _follow(step, lambda: upload("/images/create", data=data, headers=ARCHIVE, **params))
    return _id(outside, step)


def tag(outside: t.Any, step: Step) -> str:
    """Give an image another name."""
    _tag(outside, step.payload)
    return _id(outside, step)


def tag_back(outside: t.Any, step: Step) -> None:
    """Give the name back to the image that had it."""
    _tag(outside, step.payload["before"])


def _tag(outside: t.Any, wanted: t.Mapping[str, t.Any]) -> None:
    outside.engine.post(
        "/images/{0}/tag", wanted["source"], repo=wanted["repository"], tag=wanted["tag"]
    )


def remove(outside: t.Any, step: Step) -> None:
    """Take the name away, and the image with its last one."""
    outside.engine.delete("/images/{0}", step.name, force=step.payload["force"])


def _id(outside: t.Any, step: Step) -> str:
    image = outside.engine.get("/images/{0}/json", step.name)
    if not image:
        raise StepError(
            step.identity,
            "the engine took it, and has no image of that name",
            "type: docker images",
        )
    return str(image["Id"])


def _follow(step: Step, call: t.Callable[[], t.Iterable[t.Mapping[str, t.Any]]]) -> None:
    """Read what the engine says to its end; an error carries the last lines of it."""
    lines: collections.deque[str] = collections.deque(maxlen=TAIL)
    instruction = ""
    try:
        for message in call():
            text = str(message.get("stream") or "").rstrip()
            instruction = text if text.startswith("Step ") else instruction
            lines.extend(text.splitlines() or _status(message))
            if message.get("error"):
                raise _broken(step, str(message["error"]), instruction, lines)
    except EngineError as error:
        raise _broken(step, error.problem, instruction, lines) from error


def _status(message: t.Mapping[str, t.Any]) -> list[str]:
    """A line of a pull; its bars of progress are no lines."""
    if not message.get("status") or message.get("progressDetail"):
        return []
    return [": ".join(str(message[key]) for key in ("id", "status") if message.get(key))]


def _broken(step: Step, problem: str, instruction: str, lines: t.Iterable[str]) -> StepError:
    return StepError(
        "{0}: {1}".format(step.identity, instruction) if instruction else step.identity,
        problem.strip(),
        evidence={"last lines of the {0}".format(step.verb): list(lines)},
    )


@contextlib.contextmanager
def _context(outside: t.Any, wanted: t.Mapping[str, t.Any]) -> t.Iterator[t.IO[bytes]]:
    """The context as one tar archive, with what comes along at its end."""
    with _tree(outside, wanted) as data:
        if wanted["extra"]:
            data.seek(0)
            with tarfile.open(fileobj=data, mode="a") as archive:
                for name, text in wanted["extra"].items():
                    content = text.encode()
                    info = tarfile.TarInfo(name)
                    info.size = len(content)
                    archive.addfile(info, io.BytesIO(content))
        data.seek(0)
        yield data


def _tree(outside: t.Any, wanted: t.Mapping[str, t.Any]) -> t.IO[bytes]:
    if "parcels" in wanted:
        parcel: t.IO[bytes] = outside.parcels.open(wanted["parcels"][0])
        return parcel
    with contextlib.ExitStack() as unless_packed:
        spool: t.IO[bytes] = unless_packed.enter_context(tempfile.TemporaryFile())
        outside.pack(wanted["directory"], wanted["entries"], spool)
        unless_packed.pop_all()
    return spool


@contextlib.contextmanager
def _archive(outside: t.Any, wanted: t.Mapping[str, t.Any]) -> t.Iterator[t.IO[bytes]]:
    """A file of the host, or the one file in a parcel."""
    if "file" in wanted:
        with open(wanted["file"], "rb") as file:
            yield file
        return
    with outside.parcels.open(wanted["parcels"][0]) as parcel, tempfile.TemporaryFile() as spool:
        with tarfile.open(fileobj=parcel) as members:
            shutil.copyfileobj(t.cast(t.IO[bytes], members.extractfile(wanted["member"])), spool)
        spool.seek(0)
        yield spool


ACTIONS: dict[str, t.Callable[[t.Any, Step], t.Any]] = {
    "pull": pull,
    "build": build,
    "load": load,
    "import": import_tree,
    "tag": tag,
    "tag back": tag_back,
    "remove": remove,
}
