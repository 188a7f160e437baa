# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Dockerfile, read as far as it tells before the build what the build needs."""

from __future__ import annotations

import dataclasses
import re
import typing as t

ESCAPE = re.compile(r"#\s*escape\s*=\s*(\S)\s*\Z", re.IGNORECASE)
DIRECTIVE = re.compile(r"#\s*[a-z]+\s*=", re.IGNORECASE)
VARIABLE = re.compile(r"\\(.)|\$(?:(\w+)|\{(\w+)(?:(:[-+])([^}]*))?\})")
HEREDOC = re.compile(r"(?:^|\s)\d*<<-?[\"']?[A-Za-z_]\w*[\"']?(?:\s|\Z)")
# What the engine's own builder refuses: instruction, what to look for in it, what it is called.
BUILDKIT_ONLY: tuple[tuple[str, t.Pattern[str], str], ...] = (
    ("RUN", re.compile(r"--mount[=\s]"), "RUN --mount"),
    ("RUN", re.compile(r"--network[=\s]"), "RUN --network"),
    ("RUN", re.compile(r"--security[=\s]"), "RUN --security"),
    ("RUN", re.compile(r"--device[=\s]"), "RUN --device"),
    ("RUN", HEREDOC, "a here-document"),
    (
        "COPY",
        re.compile(r"--(?:link|chmod|parents|exclude)\b"),
        "COPY --link, --chmod, --parents or --exclude",
    ),
    ("COPY", HEREDOC, "a here-document"),
    (
        "ADD",
        re.compile(r"--(?:link|chmod|checksum|keep-git-dir|exclude|unpack)\b"),
        "ADD --link, --chmod, --checksum or the like",
    ),
    ("ADD", HEREDOC, "a here-document"),
    ("FROM", re.compile(r"--platform=\$\{?(?:BUILD|TARGET)"), "FROM --platform=$BUILDPLATFORM"),
)


@dataclasses.dataclass(frozen=True)
class Instruction:
    """One instruction: its line, its name in capitals, and the rest."""

    line: int
    name: str
    rest: str


@dataclasses.dataclass(frozen=True)
class Stage:
    """What one FROM begins: its base as written, its name, and the other images it copies from."""

    base: str
    name: str = ""
    copies: tuple[str, ...] = ()


def instructions(text: str) -> list[Instruction]:
    """The instructions of a Dockerfile, continued lines joined, comments left out."""
    lines = text.lstrip("\ufeff").splitlines()
    escape = _escape(lines)
    found: list[Instruction] = []
    pending: list[str] = []
    first = 0
    for number, line in enumerate(lines, 1):
        stripped = line.strip()
        if stripped.startswith("#") or not stripped:
            continue
        first = first if pending else number
        goes_on = stripped.endswith(escape)
        pending.append(stripped[:-1] if goes_on else stripped)
        if not goes_on:
            found.append(_instruction(first, "".join(pending)))
            pending = []
    return found + ([_instruction(first, "".join(pending))] if pending else [])


def stages(text: str, args: t.Mapping[str, t.Any]) -> list[Stage]:
    """The stages of a Dockerfile; ``args`` fill in what its FROM lines leave open."""
    known: dict[str, str] = {}
    found: list[Stage] = []
    for instruction in instructions(text):
        if instruction.name == "ARG" and not found:
            known.update(_declared(instruction.rest, args, known))
        elif instruction.name == "FROM":
            found.append(_stage(expand(instruction.rest, known)))
        elif instruction.name in ("COPY", "ADD") and found:
            source = re.match(r"(?:--\S+\s+)*?--from=(\S+)", instruction.rest)
            if source:
                found[-1] = dataclasses.replace(
                    found[-1], copies=(*found[-1].copies, source.group(1))
                )
    return found


def up_to(found: t.Sequence[Stage], target: str) -> list[Stage] | None:
    """The stages that a build of this target goes through; None where there is no such stage."""
    if not target:
        return list(found)
    for number, stage in enumerate(found):
        if stage.name.lower() == target.lower() or str(number) == target:
            return list(found[: number + 1])
    return None


def bases(found: t.Sequence[Stage]) -> list[str]:
    """The images from elsewhere that these stages stand on."""
    own = {stage.name.lower() for stage in found if stage.name} | {
        str(number) for number in range(len(found))
    }
    asked = [name for stage in found for name in (stage.base, *stage.copies)]
    return list(
        dict.fromkeys(
            name for name in asked if name and name.lower() not in own and name != "scratch"
        )
    )


def needs_buildkit(text: str) -> tuple[int, str] | None:
    """The first line that only BuildKit understands, and what stands there."""
    for instruction in instructions(text):
        for name, pattern, title in BUILDKIT_ONLY:
            if instruction.name == name and pattern.search(instruction.rest):
                return instruction.line, title
    return None


def expand(text: str, known: t.Mapping[str, str]) -> str:
    """Text with its variables filled in; an unknown one is empty."""

    def fill(match: t.Match[str]) -> str:
        if match.group(1):
            return match.group(1)
        value = known.get(match.group(2) or match.group(3), "")
        if match.group(4) == ":-":
            return value or match.group(5)
        return match.group(5) if match.group(4) and value else value if not match.group(4) else ""

    return VARIABLE.sub(fill, text)


def _escape(lines: t.Sequence[str]) -> str:
    for line in lines:
        if not DIRECTIVE.match(line.strip()):
            break
        found = ESCAPE.match(line.strip())
        if found:
            return found.group(1)
    return "\\"


def _instruction(line: int, text: str) -> Instruction:
    name, _space, rest = text.partition(" ") if " " in text else text.partition("\t")
    return Instruction(line, name.upper(), rest.strip())


def _stage(rest: str) -> Stage:
    words = [word for word in rest.split() if not word.startswith("--")]
    named = len(words) == 3 and words[1].lower() == "as"
    return Stage(words[0] if words else "", words[2] if named else "")


def _declared(
    rest: str, args: t.Mapping[str, t.Any], known: t.Mapping[str, str]
) -> t.Iterator[tuple[str, str]]:
    for word in rest.split():
        name, equals, default = word.partition("=")
        if args.get(name) is not None:
            yield name, str(args[name])
        elif equals:
            yield name, expand(default.strip("\"'"), known)
