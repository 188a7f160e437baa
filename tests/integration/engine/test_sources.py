# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an engine comes from: Docker's packages from a signed repository, instead of Debian's, and back."""

from __future__ import annotations

from tests.integration.engine.conftest import Ground, Source, load_image

KEY = "/etc/apt/keyrings/slipway-docker.asc"
SOURCE = "/etc/apt/sources.list.d/slipway-docker.sources"
OURS = f"cat {KEY} {SOURCE} 2>/dev/null | sha256sum"
ENGINES = "dpkg-query -W -f '${Package} ${db:Status-Status}\\n' | grep ' installed$' | grep -o '^docker[a-z.-]*\\|^containerd[.io]*\\|^runc'"
IMAGE = "slipway-test/busybox:1"


def test_a_key_that_is_not_dockers_is_refused_before_the_repository_is_used(
    upstream: Ground, source: Source
) -> None:
    source.repository.requests.clear()
    played = upstream.engine(source="upstream", repository={"url": source.url})

    assert f"this key has the fingerprint {source.keys[0].fingerprint}, not 9DC8" in played.message
    assert source.repository.requests == ["/debian/gpg"]
    assert upstream.host.ssh(f"ls {KEY} {SOURCE} 2>/dev/null").stdout == ""
    assert upstream.told(ENGINES) == ""


def test_a_declaration_that_others_wrote_is_told_and_left_alone(
    upstream: Ground, source: Source
) -> None:
    path = "/etc/apt/sources.list.d/docker.list"
    line = f"deb [signed-by=/usr/share/keyrings/d.gpg] {source.url}/debian trixie stable"
    upstream.told(f"echo '{line}' > {path}")

    played = upstream.engine(**source.options())

    assert f"it is declared already, and not by us: {path}" in played.message
    assert upstream.told(f"cat {path}; rm {path}") == line


def test_another_engine_is_replaced_only_when_asked(upstream: Ground, source: Source) -> None:
    first = upstream.engine(version="26.1")
    assert first.plan[-1] == "hold engine docker: docker.io, docker-cli not held"

    refused = upstream.engine(**source.options())

    assert "another engine's packages are installed: docker.io 26.1" in refused.message
    assert "set replace to true" in refused.message
    assert upstream.engine(version="26.1").plan == []


def test_replaced_in_one_restart_with_all_that_it_held(
    upstream: Ground, source: Source, busybox: str
) -> None:
    load_image(upstream, busybox)
    upstream.told(f"docker run -d --name web --restart always --stop-timeout 1 {IMAGE} sleep 1000")
    starts = upstream.starts
    wanted = {**source.options(), "version": "26.1", "replace": True}

    foreseen = upstream.engine(check=True, **wanted)
    played = upstream.engine(**wanted)

    assert played.status == 0, played.text
    assert foreseen.plan == played.plan
    assert [line.partition(" engine")[0] for line in played.plan] == [
        "add-repository", "install", "restart", "await ready", "hold",
    ]  # fmt: skip
    assert "replaces docker.io 26.1" in played.plan[1]
    assert played.plan[1].endswith("; stops web")
    assert upstream.starts == starts + 1
    assert upstream.told(ENGINES).split() == ["containerd.io", "docker-ce", "docker-ce-cli"]
    assert upstream.told("docker inspect -f '{{.State.Running}}' web") == "true"
    assert upstream.host.ssh("apt-get update --error-on=any").returncode == 0
    # Debian's package leaves it there, for whoever purges the rest of that package.
    assert upstream.host.ssh("ls /var/lib/docker/nuke*").returncode == 2


def test_nothing_is_fetched_when_all_is_in_place(upstream: Ground, source: Source) -> None:
    rule = f"OUTPUT -p tcp --dport {source.port} -j REJECT"
    source.repository.requests.clear()
    upstream.told(f"iptables -I {rule}")
    assert upstream.host.ssh(f"curl -s {source.url}/debian/gpg").returncode == 7

    played = upstream.engine(**source.options(), version="26.1")
    upstream.told(f"iptables -D {rule}")

    assert (played.status, played.plan) == (0, [])
    assert source.repository.requests == []


def test_a_mirror_that_is_gone_leaves_the_old_one_declared(
    upstream: Ground, source: Source
) -> None:
    before = upstream.told(OURS)
    wanted = source.options(url=f"{source.url}/gone")
    played = upstream.engine(**wanted, version="26.1")

    assert "add-repository engine docker failed" in played.message
    assert "mend repository.url" in played.message
    assert upstream.told(OURS) == before


def test_a_key_that_was_changed_is_taken_when_its_fingerprint_is_said(
    upstream: Ground, source: Source
) -> None:
    before = upstream.told(OURS)
    refused = upstream.engine(**source.options(key=1), version="26.1")
    assert f"{source.keys[0].fingerprint}, not {source.keys[1].fingerprint}" in refused.message
    assert upstream.told(OURS) == before

    source.repository.publish(source.packages, source.keys[1])
    played = upstream.engine(**source.options(key=1), version="26.1")
    again = upstream.engine(**source.options(key=1), version="26.1")
    updated = upstream.host.ssh("apt-get update --error-on=any")
    source.repository.publish(source.packages, source.keys[0])

    one, two = (key.fingerprint for key in source.keys)
    assert played.plan == [f"add-repository engine docker: key '{one}' -> '{two}'"], played.text
    assert again.plan == []
    assert updated.returncode == 0, updated.stderr


def test_back_to_debians_packages_nothing_of_ours_is_left(upstream: Ground) -> None:
    starts = upstream.starts
    foreseen = upstream.engine(check=True, replace=True)
    played = upstream.engine(replace=True)

    assert played.status == 0, played.text
    assert foreseen.plan == played.plan
    assert played.plan[-1] == "drop-repository engine docker: source 'distro'"
    assert upstream.starts == starts + 1
    assert upstream.host.ssh(f"ls {KEY} {SOURCE} 2>/dev/null").stdout == ""
    assert upstream.told(ENGINES).split() == ["containerd", "docker-cli", "docker.io", "runc"]
    assert upstream.told("docker inspect -f '{{.State.Running}}' web") == "true"
    assert upstream.engine().plan == []
