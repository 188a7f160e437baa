# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of the project as a whole: references, circles, and contradictions."""

from __future__ import annotations

import difflib
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose.tree import Path, Where
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError

Service = t.Mapping[str, t.Any]
Model = t.Mapping[str, t.Any]
Finding = t.Tuple[Path, str, str]


def check(model: Model, disabled: t.Container[str], where: Where) -> None:
    """Raises ComposeError at the first contradiction; `disabled`: services without a profile."""
    for name, service in sorted((model.get("services") or {}).items()):
        for rule in RULES:
            for path, problem, hint in rule(service, model, disabled):
                raise ComposeError(where(("services", name) + path), problem, hint)
    _circle(model, where)


def _has_image(service: Service, model: Model, disabled: t.Container[str]) -> t.Iterator[Finding]:
    if not (service.get("image") or service.get("build") or service.get("provider")):
        yield (), "neither image nor build is given", "add one"


def _build(service: Service, model: Model, disabled: t.Container[str]) -> t.Iterator[Finding]:
    build = service.get("build") or {}
    if build.get("dockerfile") and build.get("dockerfile_inline"):
        yield ("build",), "dockerfile and dockerfile_inline exclude each other", "keep one"
    platforms, platform = build.get("platforms"), service.get("platform")
    if platforms and platform and platform not in platforms:
        yield (
            ("build", "platforms"),
            "the service's platform {0!r} isn't among them".format(platform),
            "add it",
        )


def _network_mode(
    service: Service, model: Model, disabled: t.Container[str]
) -> t.Iterator[Finding]:
    mode = service.get("network_mode")
    if mode and service.get("networks"):
        yield ("network_mode",), "network_mode and networks exclude each other", "keep one"
    if str(mode).startswith("service:") and str(mode)[8:] not in model["services"]:
        yield ("network_mode",), *_unknown("service", str(mode)[8:], model["services"])


def _health(service: Service, model: Model, disabled: t.Container[str]) -> t.Iterator[Finding]:
    test = (service.get("healthcheck") or {}).get("test")
    if test and test[0] not in ("CMD", "CMD-SHELL", "NONE"):
        yield (
            ("healthcheck", "test"),
            "starts with {0!r}; accepted: CMD, CMD-SHELL or NONE".format(test[0]),
            "",
        )


def _dependencies(
    service: Service, model: Model, disabled: t.Container[str]
) -> t.Iterator[Finding]:
    for name, rule in (service.get("depends_on") or {}).items():
        if name in model["services"] or (name in disabled and not rule.get("required", True)):
            continue
        if name in disabled:
            yield (
                ("depends_on", name),
                "no active profile has the service {0!r}".format(name),
                "activate one of its profiles",
            )
        yield ("depends_on", name), *_unknown("service", name, model["services"])


def _references(service: Service, model: Model, disabled: t.Container[str]) -> t.Iterator[Finding]:
    for path, part, name in _named(service):
        if name not in (model.get(part) or {}):
            yield path, *_unknown(part[:-1], name, model.get(part) or {}, part)


def _named(service: Service) -> t.Iterator[tuple[Path, str, str]]:
    for name in service.get("networks") or ():
        yield ("networks", name), "networks", name
    for index, mount in enumerate(service.get("volumes") or ()):
        if mount.get("type") == "volume" and mount.get("source"):
            yield ("volumes", index), "volumes", mount["source"]
    for path, part in (
        (("build", "secrets"), "secrets"),
        (("configs",), "configs"),
        (("secrets",), "secrets"),
    ):
        owner = service.get("build") or {} if len(path) == 2 else service
        for index, reference in enumerate(owner.get(path[-1]) or ()):
            yield path + (index,), part, reference.get("source")
    for name in service.get("models") or ():
        yield ("models", name), "models", name


def _unknown(what: str, name: str, known: t.Iterable[str], part: str = "") -> tuple[str, str]:
    names = sorted(known)
    near = difflib.get_close_matches(str(name), names, 1)
    if near:
        return "no {0} {1!r} is declared".format(what, name), "did you mean {0!r}?".format(near[0])
    add = "add it under {0}:".format(part) if part else "declare it"
    return "no {0} {1!r} is declared".format(what, name), "{0} (declared: {1})".format(
        add, ", ".join(names) or "none"
    )


def _numbers(service: Service, model: Model, disabled: t.Container[str]) -> t.Iterator[Finding]:
    deploy = service.get("deploy") or {}
    scale, replicas = service.get("scale"), deploy.get("replicas")
    if scale is not None and replicas is not None and scale != replicas:
        yield (
            ("scale",),
            "scale {0} and deploy.replicas {1} differ".format(scale, replicas),
            "keep one",
        )
    copies = scale if scale is not None else replicas
    if copies is not None and copies > 1 and service.get("container_name"):
        yield (
            ("container_name",),
            "{0} containers can't share one name".format(copies),
            "remove container_name",
        )


LIMITS = (
    ("cpus", "limits", "cpus"),
    ("mem_limit", "limits", "memory"),
    ("mem_reservation", "reservations", "memory"),
    ("pids_limit", "limits", "pids"),
)


def _limits(service: Service, model: Model, disabled: t.Container[str]) -> t.Iterator[Finding]:
    resources = (service.get("deploy") or {}).get("resources") or {}
    for key, group, twin in LIMITS:
        value, other = service.get(key), (resources.get(group) or {}).get(twin) or 0
        if value and resources.get(group) is not None and value != other:
            names = "deploy.resources.{0}.{1}".format(group, twin)
            yield (
                (key,),
                "{0} and {1} differ ({2} and {3})".format(key, names, value, other),
                "keep one",
            )


def _mount_targets(
    service: Service, model: Model, disabled: t.Container[str]
) -> t.Iterator[Finding]:
    taken: dict[str, str] = {}
    for path, target in _targets(service):
        place = "{0}[{1}]".format(*path)
        if target in taken:
            yield path, "the target {0} is taken by {1}".format(target, taken[target]), "keep one"
        taken[target] = place


def _targets(service: Service) -> t.Iterator[tuple[Path, str]]:
    for index, text in enumerate(service.get("tmpfs") or ()):
        yield ("tmpfs", index), str(text).partition(":")[0]
    for index, mount in enumerate(service.get("volumes") or ()):
        yield ("volumes", index), str(mount.get("target"))


def _watch(service: Service, model: Model, disabled: t.Container[str]) -> t.Iterator[Finding]:
    for index, rule in enumerate((service.get("develop") or {}).get("watch") or ()):
        if not rule.get("target") and rule.get("action") not in ("rebuild", "restart"):
            yield (
                ("develop", "watch", index),
                "the action {0!r} needs a target".format(rule.get("action")),
                "add target:",
            )


RULES: tuple[t.Callable[[Service, Model, t.Container[str]], t.Iterator[Finding]], ...] = (
    _has_image,
    _build,
    _network_mode,
    _references,
    _health,
    _dependencies,
    _numbers,
    _limits,
    _mount_targets,
    _watch,
)


def _circle(model: Model, where: Where) -> None:
    services = model.get("services") or {}
    done: set[str] = set()
    for start in sorted(services):
        _follow(start, services, done, where)


def _follow(start: str, services: Model, done: set[str], where: Where) -> None:
    trail, branches = [start], [_needed(start, services)]
    while trail:
        name = next(branches[-1], None)
        if name is None:
            done.add(trail.pop())
            branches.pop()
        elif name in trail:
            circle = trail[trail.index(name) :] + [name]
            place = where(("services", circle[0], "depends_on"))
            raise ComposeError(
                place, "a circle: " + " -> ".join(circle), "remove one of these dependencies"
            )
        elif name not in done:
            trail.append(name)
            branches.append(_needed(name, services))


def _needed(name: str, services: Model) -> t.Iterator[str]:
    return iter(sorted((services.get(name) or {}).get("depends_on") or ()))
