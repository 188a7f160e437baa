# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service may say that is not honoured yet: refused by name, never ignored."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError

NOT_YET = (
    "credential_spec external_links gpus models post_start pre_start pre_stop provider use_api_socket volumes_from "
    "pull_refresh_after"
).split()
DEPLOY_NOT_YET = ("update_config", "rollback_config")
DEPLOY_OF_A_SWARM = ("placement", "endpoint_mode", "labels")


def refuse_unsupported(service: str, declared: t.Mapping[str, t.Any]) -> None:
    """Raise for the first key of a service that would have to be ignored."""
    for key in NOT_YET:
        if declared.get(key):
            raise ComposeError("services.{0}.{1}".format(service, key), "not supported yet", "take it out")
    deploy = declared.get("deploy") or {}
    for key in DEPLOY_NOT_YET:
        if deploy.get(key):
            raise ComposeError("services.{0}.deploy.{1}".format(service, key), "not supported yet", "take it out")
    for key in DEPLOY_OF_A_SWARM:
        if deploy.get(key):
            raise ComposeError("services.{0}.deploy.{1}".format(service, key), "only a swarm honours it", "take it out")
    if deploy.get("mode") not in (None, "replicated"):
        raise ComposeError(
            "services.{0}.deploy.mode".format(service), "{0!r} is a swarm's".format(deploy["mode"]), "accepted is replicated"
        )
