# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trees as the host has them: what is wanted of them, and what we placed there before."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Survey
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Found
from ansible_collections.slipway.docker.plugins.module_utils.outside.trees import tree_digest


def observe(outside: t.Any, survey: Survey) -> dict[str, Found]:
    """The trees that are wanted or the project's, by their path."""
    wanted = {resource.name: resource.options.get("manifest", {}) for resource in survey.wanted}
    owned = set(outside.trees.owned_by(survey.owner)) if survey.owner else set()
    found = (
        _find(outside, root, wanted.get(root, {}), root in owned)
        for root in sorted({*wanted, *owned})
    )
    return {tree.name: tree for tree in found if tree is not None}


def _find(outside: t.Any, root: str, wanted: t.Mapping[str, t.Any], owned: bool) -> Found | None:
    ours = outside.trees.placed(root)
    present = outside.trees.entries(root, {*wanted, *ours})
    if not present and not ours:
        return None
    fields = {"content": tree_digest(present), "owner": outside.trees.ownership(root, present)}
    return Found("tree", root, root, fields, owned=owned, facts={"ours": ours})
