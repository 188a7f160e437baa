# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A build is done when its content says so, and only then; what can't be done is refused."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import (
    InputError,
    Refused,
    Unreachable,
)
from tests.integration.image.conftest import (
    PREFIX,
    Ground,
    Registry,
    built,
    docker,
    free_port,
    image,
)

NAME = f"{PREFIX}web:1"


@pytest.fixture
def web(tmp_path: pathlib.Path, busybox: str) -> pathlib.Path:
    """The context of a small build."""
    directory = tmp_path / "web"
    (directory / "html").mkdir(parents=True)
    (directory / "html" / "index.html").write_text("hello")
    (directory / "Dockerfile").write_text(
        f"FROM {busybox} AS tools\nARG VERSION=none\nRUN echo $VERSION > /version\n"
        "FROM tools\nCOPY . /srv\n"
    )
    return directory


def labels(name: str) -> dict[str, str]:
    return t.cast(
        "dict[str, str]",
        json.loads(docker("image", "inspect", "--format", "{{json .Config.Labels}}", name)),
    )


def test_a_build_is_done_once(ground: Ground, web: pathlib.Path) -> None:
    assert ground.run(built(NAME, web)) == [f"build image {NAME}: not found"]
    assert ground.output(NAME, "cat", "/srv/html/index.html", "/version") == "hellonone\n"


def test_times_owners_and_order_build_nothing(ground: Ground, web: pathlib.Path) -> None:
    ground.run(built(NAME, web))
    page = web / "html" / "index.html"
    page.unlink()
    page.write_text("hello")
    os.utime(page, (1, 1))
    os.chown(page, 12, 34)
    assert ground.run(built(NAME, web)) == []


@pytest.mark.parametrize(
    ("touch", "build", "cause"),
    [
        (lambda web: (web / "html" / "index.html").write_text("other"), {}, "context changed"),
        (lambda web: (web / "new").write_text(""), {}, "context changed"),
        (lambda web: (web / "html" / "index.html").chmod(0o755), {}, "context changed"),
        (lambda web: None, {"args": {"VERSION": "2"}}, "args added: (hidden)"),
        (lambda web: None, {"target": "tools"}, "target added: 'tools'"),
        (lambda web: None, {"labels": {"a": "b"}}, "labels added: {'a': 'b'}"),
        (lambda web: None, {"network": "none"}, "network added: 'none'"),
        (
            lambda web: None,
            {"extra_hosts": ["db=192.0.2.1"]},
            "extra_hosts added: ['db:192.0.2.1']",
        ),
        (lambda web: None, {"shm_size": "32m"}, "shm_size added: '32m'"),
    ],
)
def test_whatever_a_build_is_made_of_builds_it_again(
    ground: Ground,
    web: pathlib.Path,
    touch: t.Callable[[pathlib.Path], t.Any],
    build: dict[str, t.Any],
    cause: str,
) -> None:
    ground.run(built(NAME, web))
    touch(web)
    assert ground.run(built(NAME, web, **build)) == [f"build image {NAME}: {cause}"]
    if build:
        assert ground.run(built(NAME, web)) == [f"build image {NAME}: {next(iter(build))} removed"]


def test_a_dockerfile_of_another_text_builds_again(
    ground: Ground, web: pathlib.Path, busybox: str
) -> None:
    ground.run(built(NAME, web))
    (web / "Dockerfile").write_text(f"FROM {busybox}\nCOPY html /html\n")
    assert ground.run(built(NAME, web)) == [
        f"build image {NAME}: context changed; dockerfile changed"
    ]


def test_the_labels_of_an_image_reveal_no_argument(
    ground: Ground, web: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    ground.run(built(NAME, web, args={"VERSION": "open-sesame"}))
    told = json.dumps(labels(NAME))
    assert "open-sesame" not in told
    first = json.loads(labels(NAME)["slipway.build"])["args"]
    other = Ground(tmp_path / "another-host")
    other.converge(built(f"{PREFIX}other:1", web, args={"VERSION": "open-sesame"}))
    assert json.loads(labels(f"{PREFIX}other:1")["slipway.build"])["args"] != first


def test_a_container_that_somebody_runs_by_hand_does_not_look_like_the_projects(
    ground: Ground, web: pathlib.Path
) -> None:
    ground.run(built(NAME, web), owner="shop", labels={"com.docker.compose.project": "shop"})
    assert sorted(labels(NAME)) == ["slipway.bases", "slipway.build"]


def test_no_argument_is_shown(ground: Ground, web: pathlib.Path) -> None:
    report = ground.converge(built(NAME, web, args={"VERSION": "open-sesame"}))
    assert "open-sesame" not in json.dumps(report.result())


def test_an_image_that_was_not_built_here_is_replaced(
    ground: Ground, web: pathlib.Path, busybox: str
) -> None:
    ground.run(built(NAME, web))
    docker("tag", busybox, NAME)
    assert ground.run(built(NAME, web)) == [
        f"build image {NAME}: the image of that name was not built here"
    ]


def test_the_diff_tells_what_changed(ground: Ground, web: pathlib.Path) -> None:
    ground.run(built(NAME, web))
    (web / "html" / "index.html").write_text("other")
    diff, _plan = ground.converge(built(NAME, web), check_mode=True).result()["diff"]
    assert list(diff["before"]) == list(diff["after"]) == ["context"]
    assert diff["before"] != diff["after"]


def test_a_base_that_changed_builds_again(ground: Ground, web: pathlib.Path, busybox: str) -> None:
    base = f"{PREFIX}stand:1"
    docker("tag", busybox, base)
    (web / "Dockerfile").write_text(f"FROM {base}\nCOPY . /srv\n")
    ground.run(built(NAME, web))
    container = docker("create", busybox, "sh")
    docker("commit", "--change", "LABEL newer=1", container, base)
    docker("rm", container)
    assert ground.run(built(NAME, web)) == [f"build image {NAME}: its base image {base} changed"]
    assert labels(NAME)["newer"] == "1"


def test_a_base_that_is_gone_matters_only_when_there_is_something_to_build(
    ground: Ground, web: pathlib.Path, busybox: str
) -> None:
    base = f"127.0.0.1:{free_port()}/{PREFIX}stand:1"
    docker("tag", busybox, base)
    (web / "Dockerfile").write_text(f"FROM {base}\nCOPY . /srv\n")
    ground.run(built(NAME, web))
    docker("rmi", base)
    assert ground.run(built(NAME, web)) == []


def test_images_that_stand_on_each_other_are_built_in_one_run_in_whatever_order_they_come(
    ground: Ground, web: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    app = tmp_path / "app"
    app.mkdir()
    (app / "Dockerfile").write_text(f"FROM {PREFIX}stand\nRUN echo app > /app\n")
    wanted = built(f"{PREFIX}app:1", app), built(f"{PREFIX}stand:latest", web)
    assert ground.run(*wanted) == [
        f"build image {PREFIX}stand:latest: not found",
        f"build image {PREFIX}app:1: not found",
    ]
    (web / "new").write_text("")
    wanted = built(f"{PREFIX}app:1", app), built(f"{PREFIX}stand:latest", web)
    assert ground.run(*wanted) == [
        f"build image {PREFIX}stand:latest: context changed",
        f"build image {PREFIX}app:1: its base image {PREFIX}stand:latest comes anew",
    ]
    assert "new" in ground.output(f"{PREFIX}app:1", "ls", "/srv")


def test_a_base_is_pulled_by_a_step_of_its_own(
    ground: Ground, web: pathlib.Path, registry: Registry, busybox: str
) -> None:
    base = registry.name("stand:1")
    docker("tag", busybox, base)
    docker("push", base)
    docker("rmi", base)
    (web / "Dockerfile").write_text(f"ARG TAG=nope\nFROM {base[:-1]}$TAG\nCOPY . /srv\n")
    steps = [f"pull image {base}: base of image {NAME}", f"build image {NAME}: not found"]
    assert ground.run(built(NAME, web, args={"TAG": "1"})) == steps
    container = docker("create", busybox, "sh")
    docker("commit", "--change", "LABEL newer=1", container, base)
    docker("rm", container)
    docker("push", base)
    digest = docker("image", "inspect", "--format", "{{index .RepoDigests 0}}", base).rpartition(
        "@"
    )[2]
    docker("rmi", base)
    docker("tag", busybox, base)
    ground.run(built(NAME, web, args={"TAG": "1"}))
    assert ground.run(built(NAME, web, args={"TAG": "1"}, pull=True)) == [
        f"pull image {base}: its registry has {digest[:19]}",
        f"build image {NAME}: its base image {base} comes anew",
    ]


def test_a_base_that_its_registry_does_not_have_is_refused(
    ground: Ground, web: pathlib.Path, registry: Registry
) -> None:
    base = registry.name("nowhere:1")
    (web / "Dockerfile").write_text(f"FROM {base}\n")
    with pytest.raises(InputError, match=f"^image {NAME}: not in its registry: .*{base}"):
        ground.converge(built(NAME, web))


def test_an_inline_dockerfile_and_one_beside_the_context_leave_no_trace_in_it(
    ground: Ground, web: pathlib.Path, tmp_path: pathlib.Path, busybox: str
) -> None:
    text = f"FROM {busybox}\nCOPY . /srv\n"
    (tmp_path / "Other").write_text(text)
    for build in ({"dockerfile_inline": text}, {"dockerfile": "../Other"}):
        ground.run(built(NAME, web, **build))
        assert ground.output(NAME, "ls", "-A", "/srv") == "Dockerfile\nhtml\n"


def test_what_is_ignored_is_neither_sent_nor_content(ground: Ground, web: pathlib.Path) -> None:
    (web / ".dockerignore").write_text("*.log\nDockerfile\n.dockerignore\n")
    (web / "a.log").write_text("1")
    ground.run(built(NAME, web))
    (web / "a.log").write_text("2")
    assert ground.run(built(NAME, web)) == []
    assert ground.output(NAME, "ls", "-A", "/srv") == "html\n"


def test_an_ignored_dockerfile_leaves_the_ignore_file_in_the_context(
    ground: Ground, web: pathlib.Path
) -> None:
    (web / ".dockerignore").write_text("Dockerfile\n")
    ground.run(built(NAME, web))
    assert ground.output(NAME, "ls", "-A", "/srv") == ".dockerignore\nhtml\n"


def test_an_ignore_file_of_the_dockerfile_comes_first(ground: Ground, web: pathlib.Path) -> None:
    (web / ".dockerignore").write_text("html\n")
    (web / "Dockerfile.dockerignore").write_text("Dockerfile*\n.dockerignore\n")
    ground.run(built(NAME, web))
    assert ground.output(NAME, "ls", "-A", "/srv") == "html\n"


def test_other_names_come_with_a_build_and_come_back(ground: Ground, web: pathlib.Path) -> None:
    wanted = built(NAME, web, tags=[f"{PREFIX}web:stable"])
    ground.run(wanted)
    assert ground.id(f"{PREFIX}web:stable") == ground.id(NAME)
    docker("rmi", f"{PREFIX}web:stable")
    assert ground.run(wanted) == [f"tag image {PREFIX}web:stable: another name of image {NAME}"]


def test_a_failing_instruction_is_named_and_the_old_image_stays(
    ground: Ground, web: pathlib.Path, busybox: str
) -> None:
    ground.run(built(NAME, web))
    old = ground.id(NAME)
    (web / "Dockerfile").write_text(
        f"FROM {busybox}\nRUN echo some words && false\nRUN echo never\n"
    )
    failure = ground.fail(built(NAME, web))
    assert f"image {NAME}: Step 2/" in failure
    assert (
        "RUN echo some words && false: The command "
        "'/bin/sh -c echo some words && false' returned a non-zero code: 1" in failure
    )
    assert "last lines of the build:" in failure
    assert "\n  some words\n" in failure
    assert ground.id(NAME) == old


def test_a_missing_file_is_told_as_the_engine_tells_it(
    ground: Ground, web: pathlib.Path, busybox: str
) -> None:
    (web / "Dockerfile").write_text(f"FROM {busybox}\nCOPY nowhere /\n")
    assert "Step 2/" in ground.fail(built(NAME, web))


def test_an_unknown_instruction_is_told_as_the_engine_tells_it(
    ground: Ground, web: pathlib.Path, busybox: str
) -> None:
    (web / "Dockerfile").write_text(f"FROM {busybox}\nCOPPY a b\n")
    assert "unknown instruction: COPPY" in ground.fail(built(NAME, web))


@pytest.mark.parametrize(
    ("dockerfile", "build", "told"),
    [
        (None, {}, "Dockerfile: no such Dockerfile"),
        (None, {"dockerfile": "Other"}, "Other: no such Dockerfile"),
        (" \n", {}, "Dockerfile: the Dockerfile is empty"),
        ("# nothing\n", {}, f"image {NAME}: Dockerfile: it has no FROM"),
        (
            "FROM scratch AS a\n",
            {"target": "b"},
            f"image {NAME}.build.target: no such stage: b; the stages: a",
        ),
        (
            "FROM scratch\nRUN --mount=type=secret,id=x cat\n",
            {},
            "Dockerfile:2: RUN --mount needs BuildKit",
        ),
        (
            "FROM scratch\n\nCOPY <<EOF /a\nx\nEOF\n",
            {},
            "Dockerfile:3: a here-document needs BuildKit",
        ),
        (
            "FROM scratch\n",
            {"secrets": [{"source": "x"}]},
            "build.secrets: only BuildKit can do that",
        ),
        ("FROM scratch\n", {"ssh": ["default"]}, "build.ssh: only BuildKit can do that"),
        (
            "FROM scratch\n",
            {"platforms": ["linux/amd64", "linux/arm64"]},
            "found 2 build.platforms",
        ),
        ("FROM scratch\n", {"ulimits": {"nofile": 1}}, "build.ulimits: not supported yet"),
        ("FROM scratch\n", {"contxt": "."}, "build.contxt: no such key; one of args, "),
        (
            "FROM scratch\n",
            {"shm_size": "many"},
            "build.shm_size: found 'many'; accepted is a size like 512m",
        ),
        (
            "FROM scratch\n",
            {"args": 3},
            "build.args: found another type; accepted is a mapping",
        ),
        (
            "FROM scratch\n",
            {"tags": ["UPPER"]},
            "build.tags: a name that Docker refuses; write it in lowercase: upper",
        ),
        (
            "FROM Upper/case\n",
            {},
            "image Upper/case: a name that Docker refuses; write it in lowercase: upper/case",
        ),
    ],
)
def test_what_can_not_be_built_is_refused(
    ground: Ground,
    tmp_path: pathlib.Path,
    dockerfile: str | None,
    build: dict[str, t.Any],
    told: str,
) -> None:
    directory = tmp_path / "context"
    directory.mkdir()
    if dockerfile is not None:
        (directory / "Dockerfile").write_text(dockerfile)
    with pytest.raises(InputError) as caught:
        ground.converge(built(NAME, directory, **build))
    assert told in str(caught.value)
    assert ground.id(NAME) is None


def test_a_build_can_be_forbidden(ground: Ground, web: pathlib.Path) -> None:
    ground.run(built(NAME, web))
    (web / "new").write_text("")
    with pytest.raises(Refused, match=f"build image {NAME}: context changed"):
        ground.converge(built(NAME, web), consent=())


def test_a_build_leaves_no_container_behind(
    ground: Ground, web: pathlib.Path, busybox: str
) -> None:
    ground.run(built(NAME, web))
    (web / "Dockerfile").write_text(f"FROM {busybox}\nRUN false\n")
    ground.fail(built(NAME, web))
    assert docker("ps", "-aq", "--filter", f"ancestor={busybox}") == ""


def test_the_program_sees_the_same_image(ground: Ground, web: pathlib.Path) -> None:
    """A build by hand of the same context finds all its layers in the cache of ours."""
    ground.run(built(NAME, web))
    done = subprocess.run(
        ["docker", "build", "-t", f"{PREFIX}hand:1", str(web)],
        env={**os.environ, "DOCKER_BUILDKIT": "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.count("Using cache") == 3


def test_force_builds_again(ground: Ground, web: pathlib.Path) -> None:
    wanted = built(NAME, web)
    ground.run(wanted)
    forced = image(NAME, build=wanted.options["build"], force=True)
    assert ground.converge(forced).plan.lines == [f"build image {NAME}: force: true"]


def test_on_a_host_that_is_to_get_its_engine_everything_is_still_to_be_made(
    tmp_path: pathlib.Path, web: pathlib.Path
) -> None:
    bare = Ground(tmp_path / "bare", f"unix://{tmp_path}/nowhere.sock")
    wanted = built(NAME, web), image(f"{PREFIX}pulled:1"), image(f"{PREFIX}tagged:1", tag_of=NAME)
    with pytest.raises(Unreachable, match="it doesn't answer"):
        bare.converge(*wanted, check_mode=True)
    report = bare.converge(*wanted, check_mode=True, expected=frozenset({"engine docker"}))
    assert sorted(line for line in report.plan.lines if "base" not in line) == [
        f"build image {NAME}: not found",
        f"pull image {PREFIX}pulled:1: not found",
        f"tag image {PREFIX}tagged:1: not found",
    ]


def test_one_image_under_two_spellings_is_refused_unless_both_are_pulled(
    ground: Ground, web: pathlib.Path, busybox: str
) -> None:
    with pytest.raises(
        InputError, match=f"^image {PREFIX}web: the same image as image {PREFIX}web:latest"
    ):
        ground.converge(built(f"{PREFIX}web:latest", web), image(f"{PREFIX}web"))
    docker("tag", busybox, f"{PREFIX}web")
    assert ground.run(image(f"{PREFIX}web:latest"), image(f"{PREFIX}web")) == []
