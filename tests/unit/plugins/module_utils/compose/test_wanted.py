# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Compose project as wanted resources: what each key becomes, and what is refused by name."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.compose.project import load
from ansible_collections.slipway.docker.plugins.module_utils.compose.wanted import Manner, wanted
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Fate, Resource

FILE = "/repo/shop/compose.yml"


class Lorry:
    """Takes whatever it is given, without looking at the disk."""

    def directory(self, path: str, ignore: t.Any = None) -> tuple[str, t.Mapping[str, t.Any]]:
        return "d" * 64, {"a": "b"}

    def file(self, path: str, mode: int | None = None) -> tuple[str, t.Mapping[str, t.Any]]:
        return "{0:064x}".format(mode or 0), {path.rpartition("/")[2]: mode}

    def text(self, name: str, content: str, mode: int) -> tuple[str, t.Mapping[str, t.Any]]:
        return "{0:0>64}".format(len(content)), {name: mode}

    def context(self, build: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        return {**build, "recipe": {"context": "c" * 64}}


def resources(model: t.Mapping[str, t.Any], manner: Manner | None = None) -> dict[str, Resource]:
    """The resources of a project named shop, by identity."""
    text = json.dumps({"name": "shop", **model})
    files = {FILE: text, "/repo/shop/.env": "TOKEN=abc\n"}

    def read(path: str) -> str:
        if path not in files:
            raise FileNotFoundError(path)
        return files[path]

    project = load([FILE], read=read)
    made = wanted(project, manner or Manner("/var/lib/slipway/stacks/shop", in_place=True), Lorry())
    return {resource.identity: resource for resource in made}


def web(**keys: t.Any) -> dict[str, t.Any]:
    return {"services": {"web": {"image": "nginx", **keys}}}


def test_a_service_is_an_image_a_network_and_a_container() -> None:
    made = resources(web())

    assert list(made) == ["image nginx", "network shop_default", "container shop-web-1"]
    container = made["container shop-web-1"]
    assert container.state == "started"
    assert container.needs == ("image nginx", "network shop_default")
    assert container.fields == {
        "image": "nginx",
        "networks": {"shop_default": {"aliases": ["web"]}},
    }


def test_a_container_carries_the_labels_by_which_compose_knows_it() -> None:
    labels = resources(web(depends_on=[]))["container shop-web-1"].options["own_labels"]

    assert labels["com.docker.compose.service"] == "web"
    assert labels["com.docker.compose.container-number"] == "1"
    assert labels["com.docker.compose.oneoff"] == "False"
    assert labels["com.docker.compose.config-hash"]


def test_replicas_are_containers_with_numbers() -> None:
    made = resources(web(deploy={"replicas": 2}))

    assert [name for name in made if name.startswith("container")] == [
        "container shop-web-1",
        "container shop-web-2",
    ]


def test_a_dependency_is_one_on_every_container_of_the_service() -> None:
    model = {
        "services": {
            "db": {"image": "redis", "scale": 2},
            "web": {"image": "nginx", "depends_on": {"db": {"condition": "service_healthy"}}},
        }
    }

    depends = resources(model)["container shop-web-1"].options["depends_on"]

    assert {name: how["condition"] for name, how in depends.items()} == {
        "shop-db-1": "service_healthy",
        "shop-db-2": "service_healthy",
    }


def test_limits_of_deploy_are_the_limits_of_the_container() -> None:
    deploy = {
        "resources": {
            "limits": {"cpus": "0.5", "memory": "64m", "pids": 9},
            "reservations": {"memory": "32m"},
        },
        "restart_policy": {"condition": "on-failure", "max_attempts": 3},
    }

    fields = resources(web(deploy=deploy))["container shop-web-1"].fields

    assert str(fields["cpus"]) == "0.5"
    assert str(fields["mem_limit"]) in ("64m", str(64 << 20))
    assert fields["pids_limit"] == 9
    assert str(fields["mem_reservation"]) in ("32m", str(32 << 20))
    assert fields["restart"] == "on-failure:3"


def test_a_restart_of_the_service_wins_over_deploy() -> None:
    fields = resources(web(restart="always", deploy={"restart_policy": {"condition": "none"}}))[
        "container shop-web-1"
    ].fields

    assert fields["restart"] == "always"


def test_a_namespace_is_shared_with_the_first_container_of_the_service() -> None:
    model = {
        "services": {
            "net": {"image": "nginx"},
            "web": {"image": "nginx", "network_mode": "service:net", "pid": "service:net"},
        }
    }

    fields = resources(model)["container shop-web-1"].fields

    assert fields["network_mode"] == "container:shop-net-1"
    assert fields["pid"] == "container:shop-net-1"
    assert "networks" not in fields


def test_named_volumes_and_networks_are_the_projects() -> None:
    model = {
        **web(volumes=["data:/data"], networks=["front"]),
        "volumes": {"data": {"driver": "local"}},
        "networks": {"front": {"internal": True}},
    }

    made = resources(model)

    assert made["volume shop_data"].fields == {"driver": "local"}
    assert made["network shop_front"].fields == {"internal": True}
    assert made["container shop-web-1"].fields["volumes"][0]["source"] == "shop_data"
    assert set(made["container shop-web-1"].needs) == {
        "image nginx",
        "network shop_front",
        "volume shop_data",
    }


def test_external_ones_keep_their_names() -> None:
    model = {**web(volumes=["data:/data"]), "volumes": {"data": {"external": True}}}

    made = resources(model)

    assert made["volume data"].options["external"]


def test_in_place_a_bind_mount_stays_where_it_is() -> None:
    mount = resources(web(volumes=["./www:/www"]))["container shop-web-1"].fields["volumes"][0]

    assert mount["source"] == "/repo/shop/www"


def test_carried_a_bind_mount_lies_below_the_stacks_directory() -> None:
    made = resources(
        web(volumes=["./www:/www", "../shared:/shared", "/etc/ssl:/ssl"]), Manner("/srv/shop")
    )

    sources = [mount["source"] for mount in made["container shop-web-1"].fields["volumes"]]
    assert sources == ["/srv/shop/project/www", "/srv/shop/project/_up/shared", "/etc/ssl"]


def test_a_config_with_content_is_a_tree_named_after_it() -> None:
    model = {
        **web(configs=[{"source": "motd", "mode": 0o440, "uid": "5"}]),
        "configs": {"motd": {"content": "hello"}},
    }

    made = resources(model)

    (tree,) = [one for one in made.values() if one.kind == "tree"]
    assert tree.name.startswith("/var/lib/slipway/stacks/shop/files/")
    assert tree.fields["owner"] == "5:0"
    assert tree.options["manifest"] == {"content": 0o440}
    assert made["container shop-web-1"].fields["volumes"] == [
        {"type": "bind", "source": tree.name + "/content", "target": "/motd", "read_only": True}
    ]
    assert tree.identity in made["container shop-web-1"].needs


def test_a_secret_comes_from_a_variable_of_the_env_file() -> None:
    model = {**web(secrets=["token"]), "secrets": {"token": {"environment": "TOKEN"}}}

    mount = resources(model)["container shop-web-1"].fields["volumes"][0]

    assert mount["target"] == "/run/secrets/token"


def test_a_secret_of_a_variable_that_is_not_set_is_refused() -> None:
    model = {**web(secrets=["token"]), "secrets": {"token": {"environment": "NOBODY"}}}

    with pytest.raises(ComposeError, match="secrets.token.*NOBODY is not set"):
        resources(model)


def test_a_service_without_an_image_is_built_under_the_projects_name() -> None:
    made = resources({"services": {"web": {"build": "./app"}}})

    assert made["image shop-web"].options["build"]["recipe"] == {"context": "c" * 64}


def test_services_share_the_build_of_an_image() -> None:
    same = {"image": "app", "build": "./app"}

    made = resources({"services": {"a": same, "b": same, "c": {"image": "app"}}})

    assert [name for name in made if name.startswith("image")] == ["image app"]
    assert made["image app"].options["build"]


def test_an_image_that_is_built_in_two_ways_is_refused() -> None:
    model = {
        "services": {"a": {"image": "app", "build": "./a"}, "b": {"image": "app", "build": "./b"}}
    }

    with pytest.raises(ComposeError, match="'app' is built in two ways"):
        resources(model)


@pytest.mark.parametrize(
    "key, value",
    [
        ("volumes_from", ["db"]),
        ("use_api_socket", True),
        ("gpus", "all"),
        ("external_links", ["a"]),
        ("deploy", {"rollback_config": {"parallelism": 1}}),
        ("deploy", {"placement": {"constraints": ["a==b"]}}),
        ("deploy", {"mode": "global"}),
        ("pull_policy", "daily"),
    ],
)
def test_what_is_not_honoured_is_refused_by_name(key: str, value: t.Any) -> None:
    model = {"services": {"web": {"image": "nginx", key: value}, "db": {"image": "redis"}}}

    with pytest.raises(ComposeError, match=r"compose\.yml:\d+: services\.web\." + key):
        resources(model)


def test_pull_of_the_stack_wins_over_the_services() -> None:
    made = resources(web(pull_policy="never"), Manner("/srv", pull="always", in_place=True))

    assert made["image nginx"].options["pull"] == "always"


def test_stopped_has_the_containers_made_but_not_running() -> None:
    assert (
        resources(web(), Manner("/srv", state="stopped", in_place=True))[
            "container shop-web-1"
        ].state
        == "stopped"
    )


def test_absent_wants_nothing() -> None:
    assert resources(web(), Manner("/srv", state="absent")) == {}


def test_absent_with_volumes_drops_those_of_the_project_after_the_containers() -> None:
    model = {
        **web(volumes=["data:/data", "theirs:/theirs"]),
        "volumes": {"data": None, "theirs": {"external": True}},
    }

    made = resources(model, Manner("/srv", state="absent", volumes=True))

    assert [(one.identity, one.state, one.needs) for one in made.values()] == [
        ("volume shop_data", "absent", ("container",))
    ]


def test_an_update_config_is_told_to_every_replica() -> None:
    config = {
        "parallelism": 2,
        "delay": "1m",
        "monitor": "1.5s",
        "order": "start-first",
        "failure_action": "rollback",
        "max_failure_ratio": 0.5,
    }
    made = resources(web(deploy={"replicas": 2, "update_config": config}))

    for name in ("container shop-web-1", "container shop-web-2"):
        assert made[name].options["update_config"] == {
            "order": "start-first",
            "parallelism": 2,
            "delay": 60,
            "replicas": ["shop-web-1", "shop-web-2"],
        }
        assert made[name].options["monitor"] == 1.5
        assert made[name].fate == Fate("service web", "service web", 0.5)


@pytest.mark.parametrize(
    "action, fate",
    [
        (None, Fate(crew="service web")),
        ("pause", Fate(crew="service web")),
        ("continue", Fate(crew="service web", goes_on=True)),
        ("rollback", Fate("service web", "service web")),
    ],
)
def test_a_failure_action_is_the_fate_of_a_service(action: str | None, fate: Fate) -> None:
    config = {"failure_action": action} if action else {}

    made = resources(web(deploy={"update_config": config}))["container shop-web-1"]

    assert made.fate == fate
    assert made.options["update_config"]["parallelism"] == 1
    assert "monitor" not in made.options


def test_without_an_update_config_nothing_is_said_of_updates() -> None:
    made = resources(web())["container shop-web-1"]

    assert made.fate == Fate()
    assert "update_config" not in made.options


@pytest.mark.parametrize(
    "config, problem",
    [
        ({"parallelism": -1}, "parallelism: found -1; accepted is a whole number from 0"),
        ({"delay": "-1s"}, "delay: found .*; accepted is a duration"),
        ({"monitor": "soon"}, "monitor"),
        ({"failure_action": "give-up"}, "failure_action: .*one of pause, continue, rollback"),
        ({"max_failure_ratio": 1.5}, "max_failure_ratio: found 1.5; accepted is a number from 0"),
        ({"order": "last-first"}, "order"),
        ({"paralelism": 1}, "paralelism"),
    ],
)
def test_an_update_config_that_says_nothing_is_refused(
    config: t.Mapping[str, t.Any], problem: str
) -> None:
    with pytest.raises(ComposeError, match=r"services\.web\.deploy\.update_config.*" + problem):
        resources(web(deploy={"update_config": config}))
