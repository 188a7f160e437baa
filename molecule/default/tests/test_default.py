# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bare host must have become a running stack, in the steps that were told before the first of them."""

from __future__ import annotations

import datetime
import typing as t

from tests.hosts.host import hosts_of

testinfra_hosts = hosts_of("default")
ENGINES = {"default-bookworm": "20.10.", "default-trixie": "26.1."}


def moment(told: str) -> datetime.datetime:
    """The engine's time, which has nanoseconds."""
    return datetime.datetime.fromisoformat(told[:23])


def test_check_mode_on_the_bare_host_told_the_steps_of_the_run(plays: t.Any) -> None:
    foreseen, first, _again = plays

    assert foreseen.check
    assert not first.check
    assert first.plan[0].startswith("install engine docker: docker.io")
    assert foreseen.plan == first.plan


def test_the_second_run_plans_nothing(plays: t.Any) -> None:
    assert [each.plan for each in plays[2:]] == [[]]


def test_the_engine_is_the_distributions_and_starts_at_boot(host: t.Any, name: str) -> None:
    docker = host.service("docker")

    assert docker.is_running
    assert docker.is_enabled
    version = host.check_output("docker version --format '{{.Server.Version}}'")
    assert version.startswith(ENGINES[name])


def test_every_service_runs_and_the_job_is_done(host: t.Any, inspect: t.Any) -> None:
    for service in ("db", "cache", "app", "web"):
        assert host.docker(f"shop-{service}-1").is_running

    migrate = inspect("shop-migrate-1")["State"]
    assert (migrate["Status"], migrate["ExitCode"]) == ("exited", 0)
    assert host.check_output("docker exec shop-db-1 cat /data/migrations") == "migrated"


def test_what_depends_was_started_after_what_it_depends_on(inspect: t.Any) -> None:
    db, migrate, app, web = (
        inspect(f"shop-{service}-1")["State"] for service in ("db", "migrate", "app", "web")
    )

    # Its first check comes a second after its start.
    waited = moment(migrate["StartedAt"]) - moment(db["StartedAt"])
    assert waited >= datetime.timedelta(seconds=1)
    assert migrate["FinishedAt"] < app["StartedAt"] < web["StartedAt"]
    assert app["Health"]["Status"] == "healthy"


def test_the_page_answers_and_what_was_carried_is_on_it(host: t.Any) -> None:
    assert host.check_output("curl -fsS http://localhost:8080/") == "web 1"
    motd = host.check_output("curl -fsS http://localhost:8080/motd.txt")
    assert motd == "Carried here from the controller"


def test_services_find_each_other_by_name_on_their_networks_alone(host: t.Any) -> None:
    ask = "docker exec shop-{0}-1 wget -q -O - http://{1}/"

    assert host.run(ask.format("web", "app")).stdout.strip() == "health 1"
    assert "PONG" in host.check_output("docker exec shop-db-1 redis-cli -h db ping")
    assert "bad address" in host.run("docker exec shop-web-1 ping -c 1 db").stderr
