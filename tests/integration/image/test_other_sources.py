# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Archives, root file systems, other names, and what goes away again."""

from __future__ import annotations

import gzip
import pathlib
import tarfile
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.outside import archives
from tests.integration.image.conftest import PREFIX, Ground, docker, image, root_archive

NAME = f"{PREFIX}web:1"


def saved(directory: pathlib.Path, source: str, *names: str) -> str:
    """An archive that holds an image under these names, which this host then hasn't got."""
    path = str(directory / "saved.tar")
    for name in names:
        docker("tag", source, name)
    docker("save", "-o", path, *names)
    for name in names:
        docker("rmi", name)
    return path


def loaded(name: str, path: str, **options: t.Any) -> t.Any:
    return image(name, load={"archive": path, **archives.read(path)}, **options)


def imported(name: str, path: pathlib.Path, *changes: str, **options: t.Any) -> t.Any:
    return image(
        name,
        import_={"archive": str(path), "digest": archives.digest(str(path)), "changes": changes},
        **options,
    )


def test_an_archive_is_loaded_once(ground: Ground, busybox: str, tmp_path: pathlib.Path) -> None:
    path = saved(tmp_path, busybox, NAME)
    assert ground.run(loaded(NAME, path)) == [f"load image {NAME}: not found"]
    assert ground.id(NAME) == ground.id(busybox)


def test_an_archive_with_another_image_is_loaded_over_the_old_one(
    ground: Ground, busybox: str, tmp_path: pathlib.Path
) -> None:
    path = saved(tmp_path, busybox, NAME)
    ground.run(imported(NAME, root_archive(tmp_path)))
    assert ground.run(loaded(NAME, path)) == [f"load image {NAME}: the archive holds another image"]


def test_an_archive_without_the_name_is_refused(
    ground: Ground, busybox: str, tmp_path: pathlib.Path
) -> None:
    path = saved(tmp_path, busybox, f"{PREFIX}one:1", f"{PREFIX}two:1")
    with pytest.raises(
        InputError, match=rf"not in .*saved.tar, which holds {PREFIX}one:1, {PREFIX}two:1"
    ):
        ground.converge(loaded(NAME, path))


def test_a_compressed_archive_is_as_good(
    ground: Ground, busybox: str, tmp_path: pathlib.Path
) -> None:
    plain = pathlib.Path(saved(tmp_path, busybox, NAME))
    packed = tmp_path / "saved.tar.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert ground.run(loaded(NAME, str(packed))) == [f"load image {NAME}: not found"]


def test_what_is_no_archive_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(InputError, match="no archive of images"):
        archives.read(str(root_archive(tmp_path)))
    (tmp_path / "text").write_text("words")
    with pytest.raises(InputError, match="no readable tar archive"):
        archives.read(str(tmp_path / "text"))
    with pytest.raises(InputError, match=r"nowhere: can't be read \(No such file or directory\)"):
        archives.read(str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match="nowhere: can't be read"):
        archives.digest(str(tmp_path / "nowhere"))


def test_a_cut_archive_fails_and_leaves_nothing(
    ground: Ground, busybox: str, tmp_path: pathlib.Path
) -> None:
    path = pathlib.Path(saved(tmp_path, busybox, NAME))
    wanted = loaded(NAME, str(path))
    path.write_bytes(path.read_bytes()[:20_000])
    assert f"load image {NAME} failed: image {NAME}: " in ground.fail(wanted)
    assert ground.id(NAME) is None


def test_a_root_file_system_is_imported_once_and_again_when_it_changes(
    ground: Ground, tmp_path: pathlib.Path
) -> None:
    root = root_archive(tmp_path, motd="one\n")
    changes = ['CMD ["cat", "/motd"]', "ENV PATH=/bin", 'LABEL words="a \\"b\\" c"']
    assert ground.run(imported(NAME, root, *changes)) == [f"import image {NAME}: not found"]
    assert ground.output(NAME) == "one\n"
    root = root_archive(tmp_path, motd="two\n")
    assert ground.run(imported(NAME, root, *changes)) == [f"import image {NAME}: archive changed"]
    assert ground.output(NAME) == "two\n"
    assert ground.run(imported(NAME, root, *changes[:2])) == [
        f"import image {NAME}: changes changed"
    ]


def test_an_image_that_was_not_imported_here_is_replaced(
    ground: Ground, busybox: str, tmp_path: pathlib.Path
) -> None:
    docker("tag", busybox, NAME)
    plan = ground.run(imported(NAME, root_archive(tmp_path)))
    assert plan == [f"import image {NAME}: the image of that name was not imported here"]


def test_a_change_that_is_none_is_refused(ground: Ground, tmp_path: pathlib.Path) -> None:
    with pytest.raises(InputError, match="found 'RUN true'; accepted are CMD, "):
        ground.converge(imported(NAME, root_archive(tmp_path), "RUN true"))


def test_a_change_that_the_engine_refuses_is_told(ground: Ground, tmp_path: pathlib.Path) -> None:
    assert "EXPOSE requires at least one argument" in ground.fail(
        imported(NAME, root_archive(tmp_path), "EXPOSE")
    )


def test_another_name_is_given_once_and_follows(
    ground: Ground, busybox: str, tmp_path: pathlib.Path
) -> None:
    docker("tag", busybox, f"{PREFIX}source:1")
    wanted = image(NAME, tag_of=f"{PREFIX}source:1")
    assert ground.run(wanted) == [f"tag image {NAME}: not found"]
    ground.run(imported(f"{PREFIX}source:1", root_archive(tmp_path)))
    assert ground.run(wanted) == [f"tag image {NAME}: '{PREFIX}source:1' is another image"]
    assert ground.id(NAME) == ground.id(f"{PREFIX}source:1")


def test_a_name_and_what_it_stands_for_come_in_one_run(
    ground: Ground, tmp_path: pathlib.Path
) -> None:
    tagged = image(NAME, tag_of=f"{PREFIX}source")
    root = root_archive(tmp_path)
    steps = [f"import image {PREFIX}source:latest: not found", f"tag image {NAME}: not found"]
    assert ground.run(tagged, imported(f"{PREFIX}source:latest", root)) == steps
    changed = imported(f"{PREFIX}source:latest", root, "ENV a=b")
    assert ground.run(tagged, changed) == [
        f"import image {PREFIX}source:latest: changes added: ['ENV a=b']",
        f"tag image {NAME}: image {PREFIX}source:latest comes anew",
    ]


def test_a_name_for_nothing_is_refused(ground: Ground) -> None:
    with pytest.raises(InputError, match=f"no image '{PREFIX}nothing:1' to tag"):
        ground.converge(image(NAME, tag_of=f"{PREFIX}nothing:1"))


def test_in_check_mode_a_name_can_wait_for_its_image(ground: Ground) -> None:
    wanted = image(NAME, tag_of=f"{PREFIX}source:1")
    report = ground.converge(
        wanted, check_mode=True, expected=frozenset({f"image {PREFIX}source:1"})
    )
    assert report.plan.lines == [f"tag image {NAME}: not found"]


def test_a_name_is_taken_away_and_the_image_with_its_last_one(
    ground: Ground, tmp_path: pathlib.Path
) -> None:
    ground.run(
        imported(f"{PREFIX}source:1", root_archive(tmp_path)),
        image(NAME, tag_of=f"{PREFIX}source:1"),
    )
    id = ground.id(NAME)
    assert ground.run(image(NAME, "absent")) == [f"remove image {NAME}: state: absent"]
    assert ground.id(f"{PREFIX}source:1") == id
    ground.run(image(f"{PREFIX}source:1", "absent"))
    assert id is not None
    assert ground.id(id) is None


def test_an_image_in_use_stays_and_says_why(ground: Ground, tmp_path: pathlib.Path) -> None:
    ground.run(imported(NAME, root_archive(tmp_path)))
    container = docker("create", NAME, "/bin/busybox")
    try:
        assert "container" in ground.fail(image(NAME, "absent"))
        assert ground.id(NAME) is not None
        ground.run(image(NAME, "absent", force=True))
        assert ground.id(NAME) is None
    finally:
        docker("rm", container)


def test_a_platform_goes_with_a_pull_or_a_build(ground: Ground) -> None:
    with pytest.raises(InputError, match="found a platform beside tag_of"):
        ground.converge(image(NAME, tag_of="a", platform="linux/arm64"))


def test_sources_exclude_each_other(ground: Ground) -> None:
    with pytest.raises(InputError, match="found build and tag_of at once"):
        ground.converge(image(NAME, build={"context": "."}, tag_of="a"))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("UPPER:1", "write it in lowercase: upper"),
        ("a b", "a name that Docker refuses"),
        ("web:", "found the tag ''"),
        ("web:a/b:c d", "found the tag 'c d'"),
        ("web@sha256:12", "found the digest 'sha256:12'"),
        ("-x.y/web", "found the registry '-x.y'"),
        ("", "a name that Docker refuses"),
    ],
)
def test_a_name_that_docker_refuses_is_refused_before_anything_is_touched(
    ground: Ground, name: str, told: str
) -> None:
    with pytest.raises(InputError) as caught:
        ground.converge(image(name))
    assert told in str(caught.value)


def test_a_digest_can_not_be_chosen(ground: Ground) -> None:
    with pytest.raises(InputError, match="a digest can't be chosen for what is made here"):
        ground.converge(image("web@sha256:" + "0" * 64, tag_of="a"))


def test_the_test_archive_is_one(tmp_path: pathlib.Path) -> None:
    with tarfile.open(root_archive(tmp_path)) as archive:
        assert "bin/busybox" in archive.getnames()
