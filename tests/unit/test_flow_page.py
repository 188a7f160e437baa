# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page about the flow says what really happens."""

from __future__ import annotations

import json
import re
import types
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.slipway.docker.plugins.module_utils.core.converge import Settings, converge
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Survey, read
from ansible_collections.slipway.docker.plugins.module_utils.core.report import Report
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.volume import VOLUME
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.core.world import Memory

PAGE = (Path(__file__).parents[2] / "docs" / "flow.md").read_text()


def examples(phase: str) -> list[str]:
    """The blocks of a phase, by the word that its heading begins with."""
    section = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    chapter = next(text for text in section if re.match(r"\d\. {0}:".format(phase), text))
    return [block.strip() for block in re.findall(r"```\w*\n(.*?)```", chapter, re.DOTALL)]


class Engine:
    """The one volume of the page; it makes no other if it is told so."""

    def __init__(self, broken: bool = False) -> None:
        self.broken = broken
        self.volume = json.loads(examples("Observe")[0])

    def get(self, path: str) -> t.Any:
        return {"Volumes": [self.volume]}

    def post(self, path: str, body: t.Mapping[str, t.Any]) -> t.Any:
        if self.broken and body["DriverOpts"] != self.volume["Options"]:
            raise StepError("volume media", "no such driver")
        return self.volume

    def delete(self, path: str, name: str) -> bool:
        return True


def wanted() -> Resource:
    options = yaml.safe_load(examples("Read")[0])["slipway.docker.volume"]
    name = options.pop("name")
    return Resource("volume", name, fields=read(VOLUME, name, options))


def run(**engine: bool) -> Report:
    outside, memory = types.SimpleNamespace(engine=Engine(**engine)), Memory()
    found = VOLUME.observe(outside, Survey())["media"]
    memory.remember("volume", found.id, {"driver_opts": memory.seal(found.fields["driver_opts"])})
    assert "`{0}`".format(memory.seal(found.fields["driver_opts"])) in PAGE
    return converge([VOLUME], [wanted()], outside, memory, Settings())


def test_what_is_wanted_and_found_is_what_the_page_says() -> None:
    assert repr(wanted()) == examples("Read")[1]
    found = VOLUME.observe(types.SimpleNamespace(engine=Engine()), Survey())["media"]
    assert repr(found.fields) == examples("Observe")[1]


def test_the_changes_and_the_plan_are_what_the_page_says() -> None:
    report = run()
    changes = [str(change) for _kind, request in report.requests for change in request.changes]

    assert changes == examples("Compare") == examples("Plan")[:1]
    assert report.plan.lines == examples("Plan")[1].splitlines()


@pytest.mark.parametrize(("broken", "block"), [(False, 0), (True, 1)])
def test_the_outcomes_are_what_the_page_says(broken: bool, block: int) -> None:
    told = ["{0}: {1}".format(each.step.key, each.status) for each in run(broken=broken).outcomes]

    assert told == examples("Apply")[block].splitlines()


def test_what_users_read_is_what_the_page_says() -> None:
    result = run().result()
    told, diff, failure = examples("Report")

    assert {key: result[key] for key in json.loads(told)} == json.loads(told)
    for sign, side in ("-", "before"), ("+", "after"):
        lines = [line[1:] for line in diff.splitlines() if re.match(r"\{0} ".format(sign), line)]
        assert json.loads("{" + "".join(lines) + "}") == result["diff"][0][side]
    assert diff.endswith(result["diff"][1]["prepared"].rstrip())
    assert run(broken=True).failure() == failure
