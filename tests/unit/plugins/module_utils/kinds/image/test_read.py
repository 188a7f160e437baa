# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a resource that came by another way than a module may lack is refused by name."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import (
    InputError,
    StepError,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.apply import tag
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.read import canonical


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"pull": "daily"}, "image web:1.pull: found 'daily'; one of always, missing, never"),
        ({"build": {"context": "."}}, "image web:1.build: its context did not come along"),
    ],
)
def test_what_can_not_be_accepted(options: dict[str, t.Any], told: str) -> None:
    with pytest.raises(InputError) as caught:
        canonical(Resource("image", "web:1", options=options))
    assert str(caught.value).startswith(told)


def test_what_goes_away_is_not_read() -> None:
    gone = Resource("image", "web:1", "absent", options={"build": {"context": "."}})
    assert canonical(gone) == gone


def test_an_image_that_is_not_there_after_all_is_a_failure() -> None:
    class Forgetful:
        """An engine that takes what it is told and keeps nothing."""

        @property
        def engine(self) -> t.Any:
            return self

        def post(self, path: str, *parts: str, **details: t.Any) -> None:
            """Take it."""

        def get(self, path: str, *parts: str) -> None:
            """Know nothing."""

    payload = {"source": "a", "repository": "web", "tag": "1"}
    with pytest.raises(StepError, match="the engine took it, and has no image of that name"):
        tag(Forgetful(), Step("tag", "image", "web:1", "not found", payload=payload))
