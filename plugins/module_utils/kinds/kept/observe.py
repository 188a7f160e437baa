# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether something is kept on this host, and what is there of a project."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Survey
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Found
from ansible_collections.slipway.docker.plugins.module_utils.kinds.labels import PROJECT


def observe(outside: t.Any, survey: Survey) -> dict[str, Found]:
    """What is kept, under the one name that it is asked for by."""
    if outside.keeping.kept() is None:
        return {}
    return {wanted.name: Found("kept", wanted.name, "kept") for wanted in survey.wanted}


def owned(outside: t.Any, project: str) -> list[list[str]]:
    """The containers and networks of a project that are there, each as its kind and name."""
    mine = {"label": ["{0}={1}".format(PROJECT, project)]}
    containers = outside.engine.get("/containers/json", all=True, filters=mine) or ()
    networks = outside.engine.get("/networks", filters=mine) or ()
    return [
        *(["container", str(each["Names"][0]).lstrip("/")] for each in containers),
        *(["network", str(each["Name"])] for each in networks),
    ]
