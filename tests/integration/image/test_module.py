# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module as playbooks use it: sources here and there, check mode, diff, errors."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import typing as t

import pytest

from tests.integration.conftest import forget
from tests.integration.image.conftest import PREFIX, Ground, docker, root_archive

CHECKOUT = pathlib.Path(__file__).parents[3]
NAME = f"{PREFIX}web:1"
Result = t.Dict[str, t.Any]


class Play(t.Protocol):
    """Runs one task of the module in a play that lies beside `web`."""

    def __call__(self, *flags: str, **options: t.Any) -> Result:
        """The result of the task."""


@pytest.fixture
def directory(tmp_path: pathlib.Path, ground: Ground, busybox: str) -> pathlib.Path:
    """Where the play lies, with a build context in it."""
    forget(PREFIX)
    web = tmp_path / "web"
    web.mkdir()
    (web / "Dockerfile").write_text(
        f"FROM {busybox}\nARG WORD=none\nRUN echo $WORD > /word\nCOPY . /srv\n"
    )
    (web / "page").write_text("hello")
    return tmp_path


@pytest.fixture
def play(directory: pathlib.Path) -> Play:
    """A way to run one task."""
    return lambda *flags, **options: run(directory, [options], *flags)[0]


def run(
    directory: pathlib.Path, tasks: t.Sequence[t.Mapping[str, t.Any]], *flags: str
) -> list[Result]:
    """The results of tasks of one play; one that fails doesn't keep the next from running."""
    declared = [
        {"slipway.docker.image": {"name": NAME, **options}, "ignore_errors": True}
        for options in tasks
    ]
    playbook = directory / "play.json"
    playbook.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": declared}]))
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(CHECKOUT / ".cache"),
        "ANSIBLE_STDOUT_CALLBACK": "default",
        "ANSIBLE_NOCOLOR": "1",
    }
    program = str(pathlib.Path(sys.executable).parent / "ansible-playbook")
    command = [
        program,
        "-v",
        "-i",
        "here,",
        "-c",
        "local",
        "-e",
        f"ansible_python_interpreter={sys.executable}",
    ]
    done = subprocess.run(
        [*command, *flags, str(playbook)],
        env=environment,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    found = [line.partition(" => ")[2] for line in done.stdout.splitlines() if " => {" in line]
    assert len(found) == len(tasks), done.stdout + done.stderr
    return [json.loads(line) for line in found]


def test_a_context_on_the_controller(play: Play, ground: Ground, tmp_path: pathlib.Path) -> None:
    build = {"context": "web", "args": {"WORD": "open-sesame"}}
    told = play("--check", "--diff", build=build)
    assert ground.id(NAME) is None
    done = play("--diff", build=build)
    assert done["plan"] == told["plan"] == [f"build image {NAME}: not found"]
    assert done["changed"]
    assert "open-sesame" not in json.dumps([told, done])
    assert ground.output(NAME, "cat", "/word", "/srv/page") == "open-sesame\nhello"
    assert not play(build=build)["changed"]
    (tmp_path / "web" / "page").write_text("other")
    assert play(build=build)["plan"] == [f"build image {NAME}: context changed"]


def test_a_context_on_the_host(play: Play, tmp_path: pathlib.Path) -> None:
    build = {"path": str(tmp_path / "web"), "nocache": True}
    assert play(build=build, source_on="host")["plan"] == [f"build image {NAME}: not found"]
    assert not play(build=build, source_on="host")["changed"]
    assert not play(build={"context": "web"})["changed"]


def test_an_archive_on_the_controller_and_on_the_host(
    play: Play, ground: Ground, busybox: str, tmp_path: pathlib.Path
) -> None:
    docker("tag", busybox, NAME)
    docker("save", "-o", str(tmp_path / "web.tar"), NAME)
    docker("rmi", NAME)
    assert play(load="web.tar")["plan"] == [f"load image {NAME}: not found"]
    assert ground.id(NAME) == ground.id(busybox)
    assert not play(load="web.tar")["changed"]
    assert not play(load=str(tmp_path / "web.tar"), source_on="host")["changed"]


def test_a_root_file_system_on_the_controller_and_on_the_host(
    play: Play, ground: Ground, tmp_path: pathlib.Path
) -> None:
    root_archive(tmp_path, motd="hello\n")
    given = {"import": "root.tar", "changes": ['CMD ["cat", "/motd"]', "ENV PATH=/bin"]}
    assert play(**given)["plan"] == [f"import image {NAME}: not found"]
    assert ground.output(NAME) == "hello\n"
    assert not play(**{**given, "import": str(tmp_path / "root.tar")}, source_on="host")["changed"]


def test_another_name_and_its_end(play: Play, busybox: str) -> None:
    assert play(tag_of=busybox)["plan"] == [f"tag image {NAME}: not found"]
    assert play(state="absent", build={"context": "nowhere"})["plan"] == [
        f"remove image {NAME}: state: absent"
    ]
    assert not play(state="absent")["changed"]


REFUSED: tuple[tuple[Result, str], ...] = (
    ({"build": {"context": "nowhere"}}, "build.context: no 'nowhere' on the controller"),
    ({"build": {"context": "web", "dockerfile": "Other"}}, "web/Other: no such Dockerfile"),
    ({"build": {"context": "web"}, "source_on": "host"}, "accepted is an absolute path"),
    ({"load": "nowhere.tar"}, "load: no 'nowhere.tar' on the controller"),
    ({"import": "nowhere.tar"}, "import: no 'nowhere.tar' on the controller"),
    ({"load": "/nowhere.tar", "source_on": "host"}, "/nowhere.tar: can't be read"),
    ({"pull": "always", "tag_of": "a"}, f"image {NAME}: found pull beside another source"),
    ({"changes": ["CMD a"]}, f"image {NAME}.changes: there is nothing to change"),
    ({"pull": "never"}, f"image {NAME}: '{NAME}' isn't on this host"),
    ({"docker_host": "unix:///nowhere.sock"}, "engine unix:///nowhere.sock: it doesn't answer"),
)


def test_bad_input_is_one_error_that_says_where(directory: pathlib.Path) -> None:
    results = run(directory, [options for options, _told in REFUSED])
    for result, (_options, told) in zip(results, REFUSED):
        assert told in result["msg"]
        assert not result["changed"]
