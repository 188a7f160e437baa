# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The edge between Ansible and the core: what goes in, and the one way out."""

from __future__ import annotations

import json
import os
import types
import typing as t
from pathlib import Path

import pytest
from ansible.module_utils import basic

from ansible_collections.slipway.docker.plugins.module_utils import module as edge
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Plan, Step
from ansible_collections.slipway.docker.plugins.module_utils.core.report import Report
from ansible_collections.slipway.docker.plugins.module_utils.kinds.volume import VOLUME
from ansible_collections.slipway.docker.plugins.module_utils.outside.keeping import Keeping
from ansible_collections.slipway.docker.plugins.module_utils.outside.records import RECORDS, Records
from ansible_collections.slipway.docker.plugins.module_utils.outside.turn import turn
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.core.world import (
    BOX,
    World,
)

ENGINE = "unix:///var/run/docker.sock"
EDGE = "ansible_collections.slipway.docker.plugins.module_utils.module."


class Ansible:
    """Runs a module as Ansible does, but in this process; `log` is what reaches the host's log."""

    def __init__(self, patch: pytest.MonkeyPatch, out: pytest.CaptureFixture[str]) -> None:
        self.log: list[str] = []
        self._patch, self._out = patch, out
        patch.setattr(
            basic.AnsibleModule, "_log_to_syslog", lambda module, text: self.log.append(text)
        )
        patch.setattr(basic, "has_journal", False)
        patch.setattr(basic.AnsibleModule, "_set_cwd", lambda module: None)
        for name in [name for name in os.environ if name.startswith("DOCKER_")]:
            patch.delenv(name)

    def __call__(self, main: t.Callable[[], None], **options: t.Any) -> dict[str, t.Any]:
        internal = {"_ansible_check_mode": options.pop("check_mode", False)}
        given = {"ANSIBLE_MODULE_ARGS": {**options, **internal, "_ansible_remote_tmp": "/tmp"}}
        self._patch.setattr(basic, "_ANSIBLE_ARGS", json.dumps(given).encode())
        self._patch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
        with pytest.raises(SystemExit):
            main()
        return t.cast("dict[str, t.Any]", json.loads(self._out.readouterr().out))


@pytest.fixture
def ansible(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ansible:
    return Ansible(monkeypatch, capsys)


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(EDGE + "state_directory", lambda: str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def world(state: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world of boxes in the place of this host."""
    boxes = World()
    boxes.parcels = types.SimpleNamespace(digests=frozenset())  # type: ignore[attr-defined]
    boxes.keeping = Keeping(str(state))  # type: ignore[attr-defined]
    monkeypatch.setattr(EDGE + "this_host", lambda module: boxes)
    return boxes


def box() -> None:
    edge.run(BOX)


def boxes() -> None:
    edge.run_many([BOX])


def test_a_module_makes_what_its_options_declare_and_says_so(
    ansible: Ansible, world: World
) -> None:
    result = ansible(box, name="a", color="red", size="2k")

    assert result["changed"] is True
    assert result["plan"] == ["create box a: not found"]
    assert result["diff"][0]["after"] == {"state": "present", "color": "red", "size": "2k"}
    assert world.boxes["a"]["Size"] == 2048


def test_check_mode_tells_the_same_and_touches_nothing(
    ansible: Ansible, world: World, state: Path
) -> None:
    checked = ansible(box, name="a", color="red", check_mode=True)
    assert (world.boxes, state.exists()) == ({}, False)

    done = ansible(box, name="a", color="red")
    for result in (checked, done):
        result.pop("invocation", None)
        # The key that seals is this run's own as long as none was kept.
        assert sorted(result.pop("_fingerprints")) == ["", "box a"]
    assert checked == done


def test_a_second_run_has_nothing_to_do_and_remembers_the_first(
    ansible: Ansible, world: World, state: Path
) -> None:
    ansible(box, name="a", size=1)
    record = Records(str(state)).recall("box", "#1")
    again = ansible(box, name="a", size=1)

    assert list(record or {}) == ["size"]
    assert (again["changed"], again["plan"], again["diff"]) == (False, [], [])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": "big"}, "box a.size: found 'big'; accepted is a size like 512m or 1.5g"),
        ({"consent": ["magic"]}, "value of consent must be one or more of"),
        ({"state": "flying"}, "value of state must be one of: present, absent"),
        ({"colour": "red"}, "Unsupported parameters for"),
    ],
)
def test_bad_input_is_refused_by_one_failure(
    ansible: Ansible, world: World, options: dict[str, t.Any], message: str
) -> None:
    result = ansible(box, name="a", **options)

    assert result["failed"] is True
    assert message in result["msg"]
    assert world.calls == []


def test_a_refusal_names_the_consent_that_would_allow_it(ansible: Ansible, world: World) -> None:
    ansible(box, name="a", color="red")
    result = ansible(box, name="a", color="blue", consent=["update"])

    assert result["msg"].endswith("to allow it, add recreate to the option consent")
    assert world.boxes["a"]["Look"]["Color"] == "red"


def test_a_failure_says_why_and_what_was_done_all_the_same(ansible: Ansible, world: World) -> None:
    world.faults["create box b"] = StepError("box b", "data: username=u,password=hunter2")
    result = ansible(
        boxes,
        resources=[
            {"kind": "box", "name": "a"},
            {"kind": "box", "name": "b", "needs": ["box a"]},
            {"kind": "box", "name": "c", "needs": ["box b"]},
        ],
    )

    assert result["failed"] is True
    assert result["msg"] == (
        "create box b failed: box b: data: username=u,password=***\nnot done: create box c"
    )
    assert result["changed"] is True
    assert [diff.get("after_header") for diff in result["diff"]] == ["box a", None]


@pytest.mark.parametrize(
    "how",
    [
        {"on_failure": "rollback"},
        {"on_failure": "stop", "fate": {"unit": "shop", "goes_on": False}},
    ],
)
def test_what_goes_back_together_does_so(
    ansible: Ansible, world: World, how: dict[str, t.Any]
) -> None:
    world.faults["create box b"] = StepError("box b", "no")
    fate = {"fate": how.pop("fate", {})}

    result = ansible(
        boxes,
        resources=[
            {"kind": "box", "name": "a", **fate},
            {"kind": "box", "name": "b", "needs": ["box a"], **fate},
        ],
        **how,
    )

    assert result["failed"] is True
    assert result["changed"] is False
    assert world.boxes == {}


def test_an_error_is_told_without_the_secret_in_it(ansible: Ansible, world: World) -> None:
    result = ansible(box, name="a", tags="DB_PASSWORD=hunter2")

    assert "accepted is a mapping of texts" in result["msg"]
    assert "hunter2" not in result["msg"]


def test_options_are_kept_out_of_the_log_of_the_host(ansible: Ansible, world: World) -> None:
    ansible(box, name="a", tags={"DB_PASSWORD": "hunter2"})

    assert len(ansible.log) == 1
    assert "hunter2" not in ansible.log[0]
    assert "DB_PASSWORD" not in ansible.log[0]


def test_a_field_that_is_a_secret_is_one_for_ansible_too(ansible: Ansible, world: World) -> None:
    assert edge.field_options(BOX)["pin"]["no_log"] is True
    assert "no_log" not in edge.field_options(BOX)["color"]
    assert "1234" not in json.dumps(ansible(box, name="a", pin="1234"))


def test_records_that_can_not_be_written_are_a_warning(
    ansible: Ansible, world: World, state: Path
) -> None:
    state.symlink_to("/proc/nowhere")
    result = ansible(box, name="a", size=1)

    assert result["changed"] is True
    assert "what was applied can't be written down" in str(result["warnings"])


def test_many_resources_carry_their_project_and_its_orphans_are_told(
    ansible: Ansible, world: World
) -> None:
    world.make("old", {}, owner="shop")
    result = ansible(
        boxes,
        project="shop",
        labels={"team": "a"},
        resources=[{"kind": "box", "name": "a", "fields": {"size": "1k"}}],
    )

    assert result["plan"] == ["create box a: not found"]
    assert result["orphans"] == ["box old"]
    labels = world.boxes["a"]["Labels"]
    assert labels["com.docker.compose.project"] == "shop"
    assert labels["team"] == "a"


def test_what_a_project_declared_is_remembered_when_it_went_well_and_was_for_real(
    ansible: Ansible, world: World, state: Path
) -> None:
    keeping = Keeping(str(state))
    shop: dict[str, t.Any] = {"project": "shop", "resources": [{"kind": "box", "name": "a"}]}

    ansible(boxes, **shop, check_mode=True)
    assert keeping.declared(ENGINE) == []
    ansible(boxes, **shop)
    ansible(boxes, **shop)

    (declared,) = keeping.declared(ENGINE)
    assert (declared["project"], declared["fresh"]) == ("shop", True)
    assert declared["resources"] == [
        {"kind": "box", "name": "a", "state": "present", "fields": {}, "options": {}, "needs": []}
    ]
    ansible(boxes, project="shop", resources=[], orphans="remove")
    assert keeping.declared(ENGINE) == []


def test_a_failed_run_is_no_declaration_and_a_failed_first_one_says_that_nothing_was_there(
    ansible: Ansible, world: World, state: Path
) -> None:
    keeping = Keeping(str(state))
    good = [{"kind": "box", "name": "a"}]
    world.faults["create box b"] = StepError("box b", "no")

    ansible(boxes, project="new", resources=[{"kind": "box", "name": "b"}])
    ansible(boxes, project="shop", resources=good)
    ansible(boxes, project="shop", resources=[*good, {"kind": "box", "name": "b"}])

    told = {
        each["project"]: [one["name"] for one in each["resources"]]
        for each in keeping.declared(ENGINE)
    }
    assert told == {"new": [], "shop": ["a"]}


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"kind": "bux", "name": "a"}, "resources: found kind 'bux'; one of box"),
        ({"name": "a"}, "resources: found kind None; one of box"),
        (
            {"kind": "box", "name": "a", "fields": {"colour": "red", "wood": 1}},
            "box a: no such field: colour, wood",
        ),
        (
            {"kind": "box", "name": "a", "fields": {"size": "big"}},
            "box a.size: found 'big'; accepted is a size like 512m or 1.5g",
        ),
        (
            {"kind": "box", "name": "a", "fate": {"spare": "some"}},
            "box a.fate.spare: found 'some'; accepted is a number",
        ),
        (
            {"kind": "box", "name": "a", "fate": {"luck": 1}},
            "box a.fate.luck: found 1; accepted is one of unit, crew, spare, goes_on",
        ),
    ],
)
def test_a_resource_that_can_not_be_read_is_refused_with_its_place(
    ansible: Ansible, world: World, declared: dict[str, t.Any], message: str
) -> None:
    assert ansible(boxes, resources=[declared])["msg"] == message
    assert world.calls == []


def test_content_that_did_not_come_along_is_asked_for(ansible: Ansible, world: World) -> None:
    declared = {"kind": "box", "name": "a", "options": {"parcels": ["abc"]}}

    assert ansible(boxes, resources=[declared])["_lacking"] == ["abc"]
    assert world.boxes == {}


def test_a_run_is_refused_while_another_is_at_work_and_check_mode_is_not(
    ansible: Ansible, world: World, state: Path
) -> None:
    with turn(str(state), "unix:///var/run/docker.sock", "box b", 0) as tell:
        tell("1 steps")
        refused = ansible(box, name="a", lock_timeout=0)
        checked = ansible(box, name="a", lock_timeout=0, check_mode=True)

    assert "another run is at work on it: process {0} of".format(os.getpid()) in refused["msg"]
    assert (world.boxes, checked["plan"]) == ({}, ["create box a: not found"])


def test_who_is_at_work_says_with_what_plan(
    ansible: Ansible, world: World, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[str] = []

    def make(outside: World, step: Step) -> str:
        noted.extend(path.read_text() for path in state.glob("run-*.lock"))
        return "#1"

    monkeypatch.setitem(t.cast("dict[str, t.Any]", BOX.actions), "create", make)
    ansible(box, name="a")

    assert noted[0].endswith(": box a, 1 step; the first: create box a: not found")


def test_options_of_the_connection_have_dockers_own_fallbacks(
    ansible: Ansible, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[t.Any] = []

    def work(module: t.Any, *_: t.Any) -> Report:
        edge.this_host(module)
        return Report((), Plan())

    monkeypatch.setattr(EDGE + "host", lambda connection, *_: seen.append(connection))
    monkeypatch.setattr(EDGE + "work", work)
    variables = {
        "HOST": "tcp://engine:2376",
        "TLS_VERIFY": "1",
        "TLS_HOSTNAME": "engine.example",
        "TIMEOUT": "5",
        "API_VERSION": "1.40",
        "CERT_PATH": "/certs",
    }
    for name, value in variables.items():
        monkeypatch.setenv("DOCKER_" + name, value)
    ansible(box, name="a", client_key="/own/key.pem")

    assert seen[0].docker_host == "tcp://engine:2376"
    assert (seen[0].validate_certs, seen[0].tls_hostname) == (True, "engine.example")
    assert (seen[0].timeout, seen[0].api_version) == (5, "1.40")
    assert (seen[0].ca_path, seen[0].client_cert) == ("/certs/ca.pem", "/certs/cert.pem")
    assert seen[0].client_key == "/own/key.pem"


def test_an_engine_that_is_not_there_is_told(ansible: Ansible, state: Path) -> None:
    result = ansible(
        lambda: edge.run(VOLUME), name="core-edge", docker_host="unix:///nowhere/docker.sock"
    )

    assert result["msg"].startswith("engine unix:///nowhere/docker.sock: it doesn't answer")
    assert not (state / RECORDS).exists()
