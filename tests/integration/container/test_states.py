# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers in every state that they can be wanted in, and how they come to it."""

from __future__ import annotations

import re
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError, Refused
from tests.integration.container.ground import Ground, container

WEB: dict[str, t.Any] = {"image": "ctr-base:1"}
JOB: dict[str, t.Any] = {"image": "ctr-base:1", "command": "true"}


def status(ground: Ground, name: str) -> str:
    return str(ground.inspect(name)["State"]["Status"])


def test_present_is_made_and_not_started(ground: Ground) -> None:
    assert ground.run(container("web", "present", **WEB)) == ["create container ctr-web: not found"]
    assert status(ground, "ctr-web") == "created"


def test_present_leaves_a_running_one_running(ground: Ground) -> None:
    ground.run(container("web", **WEB))

    assert ground.run(container("web", "present", **WEB)) == []


def test_present_replaces_a_running_one_by_a_running_one(ground: Ground) -> None:
    ground.run(container("web", **WEB))

    told = ground.run(container("web", "present", **WEB, user="1000"))

    assert "start container ctr-web: takes the old one's place" in told
    assert status(ground, "ctr-web") == "running"


def test_one_that_crashes_again_and_again_fails_a_run_that_waits(ground: Ground) -> None:
    crashing = {**WEB, "command": ["sh", "-c", "echo ill; exit 4"], "restart": "always"}
    ground.converge(container("web", **crashing))
    seen = ground.outside.waits.until("ctr-web", lambda found: found["RestartCount"] > 2, 30)
    assert seen is not None

    failure = ground.fail(container("web", options={"wait": True}, **crashing))

    assert re.search("exit code 4|restarted again and again", failure)


def test_started_then_stopped_then_started(ground: Ground) -> None:
    assert ground.run(container("web", **WEB)) == [
        "create container ctr-web: not found",
        "start container ctr-web: state: started",
    ]
    assert ground.run(container("web", "stopped", **WEB)) == [
        "stop container ctr-web: state: stopped"
    ]
    assert status(ground, "ctr-web") == "exited"
    assert ground.run(container("web", **WEB)) == ["start container ctr-web: found exited (137)"]


def test_a_paused_one_goes_on(ground: Ground) -> None:
    ground.run(container("web", **WEB))
    ground.outside.engine.post("/containers/{0}/pause", "ctr-web")

    assert ground.run(container("web", **WEB)) == [
        "unpause container ctr-web: found paused (drift)"
    ]


def test_who_names_no_image_speaks_of_the_state_alone(ground: Ground) -> None:
    full = {**WEB, "environment": {"A": "1"}, "mem_limit": "64m"}
    ground.run(container("web", **full))

    assert ground.run(container("web", "stopped")) == ["stop container ctr-web: state: stopped"]
    assert ground.run(container("web")) == ["start container ctr-web: found exited (137)"]
    told = ground.run(container("web", **WEB, mem_limit="64m"))
    assert told[0] == "recreate container ctr-web: environment.A removed"


def test_who_names_no_image_of_none_that_is_there_is_refused(ground: Ground) -> None:
    with pytest.raises(InputError, match="container ctr-web: there is no such container"):
        ground.converge(container("web"))


def test_absent(ground: Ground) -> None:
    ground.run(container("web", **WEB))

    assert ground.run(container("web", "absent")) == [
        "stop container ctr-web: state: absent",
        "remove container ctr-web: state: absent",
    ]
    assert ground.names() == []


def test_volumes_without_a_name_go_with_consent_only(ground: Ground) -> None:
    ground.run(container("web", **WEB))
    gone = container("web", "absent", {"remove_volumes": True})

    with pytest.raises(Refused, match="add destroy to the option consent"):
        ground.converge(gone)
    name = ground.inspect("ctr-web")["Mounts"][0]["Name"]
    ground.run(gone, consent=("destroy",))

    assert ground.outside.engine.get("/volumes/{0}", name) is None


def test_a_job_that_is_done_is_not_started_again(ground: Ground) -> None:
    ground.run(container("job", options={"wait": True}, **JOB))

    assert status(ground, "ctr-job") == "exited"
    assert ground.run(container("job", **JOB)) == []


def test_a_job_that_changed_is_done_again(ground: Ground) -> None:
    ground.run(container("job", options={"wait": True}, **JOB))

    told = ground.run(container("job", options={"wait": True}, **{**JOB, "command": "echo"}))

    assert "start container ctr-job: takes the old one's place" in told


def test_a_job_that_failed_is_started_again(ground: Ground) -> None:
    ground.converge(container("job", options={"wait": True}, **{**JOB, "command": "false"}))

    report = ground.converge(container("job", **{**JOB, "command": "false"}))

    assert report.plan.lines == ["start container ctr-job: found exited (1)"]


@pytest.mark.parametrize(
    "sign",
    [{"ports": ["127.0.0.1:8377:80"]}, {"healthcheck": {"test": "true"}}, {"restart": "always"}],
)
def test_a_server_that_ended_well_is_started_again(ground: Ground, sign: dict[str, t.Any]) -> None:
    server = {
        **WEB,
        **sign,
        "command": ["sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.1; done"],
        "stop_signal": "TERM",
    }
    ground.run(container("web", **server))
    ground.outside.engine.post("/containers/{0}/stop", "ctr-web")

    assert ground.run(container("web", **server)) == [
        "start container ctr-web: found exited (0) (drift)"
    ]


def test_a_hand_made_container_is_adopted_as_it_is(ground: Ground) -> None:
    ground.network("net")
    ground.volume("data")
    body = {
        "Image": "ctr-base:1",
        "Env": ["A=1"],
        "ExposedPorts": {"80/tcp": {}},
        "HostConfig": {
            "Binds": ["ctr-data:/data:ro", "/tmp/ctr-made:/made"],
            "PortBindings": {"80/tcp": [{"HostIp": "", "HostPort": "8377"}]},
            "RestartPolicy": {"Name": "always"},
            "NetworkMode": "ctr-net",
            "Memory": 64 << 20,
            "CapAdd": ["NET_ADMIN"],
        },
    }
    ground.outside.engine.post("/containers/create", body=body, name="ctr-web")
    ground.outside.engine.post("/containers/{0}/start", "ctr-web")

    assert (
        ground.run(
            container(
                "web",
                image="ctr-base:1",
                environment={"A": "1"},
                volumes=["ctr-data:/data:ro", "/tmp/ctr-made:/made"],
                ports=["8377:80"],
                restart="always",
                networks=["ctr-net"],
                mem_limit="64m",
                cap_add=["NET_ADMIN"],
            )
        )
        == []
    )


def test_what_was_changed_by_hand_is_drift(ground: Ground) -> None:
    ground.network("net")
    wanted = container("web", **WEB, mem_limit="64m", networks=["ctr-net"], restart="always")
    ground.run(wanted)
    engine = ground.outside.engine
    engine.post("/containers/{0}/update", "ctr-web", body={"RestartPolicy": {"Name": "no"}})
    engine.post("/networks/{0}/disconnect", "ctr-net", body={"Container": "ctr-web"})

    report = ground.converge(wanted)

    assert report.result()["drift"] == [
        "container ctr-web: restart 'no' -> 'always'",
        "container ctr-web: networks added: {'ctr-net': {}}",
    ]
    assert ground.run(wanted) == []


def test_another_content_under_the_same_name_is_a_change(ground: Ground) -> None:
    ground.image("moving:1", "LABEL content=one")
    ground.run(container("web", image="ctr-moving:1"))
    ground.image("moving:1", "LABEL content=two")

    told = ground.run(container("web", image="ctr-moving:1"))

    assert told[0].startswith("recreate container ctr-web: image 'ctr-moving:1 (")
    assert ground.inspect("ctr-web")["Config"]["Labels"]["content"] == "two"


def test_an_image_that_is_gone_is_refused(ground: Ground) -> None:
    ground.image("fleeting:1", "ENV OF_IMAGE=yes")
    wanted = container("web", image="ctr-fleeting:1", environment={"A": "1"})
    ground.run(wanted)
    ground.outside.engine.delete("/images/{0}", "ctr-fleeting:1", force=True)

    with pytest.raises(
        InputError, match="container ctr-web.image: image 'ctr-fleeting:1' isn't there"
    ):
        ground.converge(wanted)


def test_unhealthy_fails_a_run_that_waits(ground: Ground) -> None:
    check = {"test": "test ! -f /tmp/ill", "interval": "0.1s", "retries": 1}
    wanted = container("web", options={"wait": True}, **WEB, healthcheck=check)
    ground.run(wanted)
    exec_id = ground.outside.engine.post(
        "/containers/{0}/exec", "ctr-web", body={"Cmd": ["touch", "/tmp/ill"]}
    )["Id"]
    ground.outside.engine.post("/exec/{0}/start", exec_id, body={"Detach": True})
    seen = ground.outside.waits.until(
        "ctr-web", lambda found: found["State"]["Health"]["Status"] == "unhealthy", 30
    )
    assert seen is not None

    report = ground.converge(wanted)

    assert "its health check failed" in report.failure()
    assert report.result()["changed"] is False
