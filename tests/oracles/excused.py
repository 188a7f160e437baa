# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows whose answer we don't give, each with the sentence that says why."""

from __future__ import annotations

GONE = "the row names files that the oracles don't hold"
OPTION = "the test that was recorded sets an option that the row doesn't hold"
CUSTOM = "the test that was recorded passes a function of its own, in the reference's language"
PRINTING = "the reference can't print its own model here; it loads it as we do"

EXCUSED = {
    "$SRC/docker-compose/pkg/compose/testdata/publish/compose.yaml": GONE,
    "$SRC/docker-compose/pkg/e2e/fixtures/publish/oci/compose.yaml": GONE,
    "$SRC/docker-compose/pkg/e2e/testdata/TestSecretFromEnv/compose.yaml": GONE,
    "$SRC/docker-compose/pkg/e2e/fixtures/build-test/ssh/compose.yaml": PRINTING,
    "$SRC/docker-compose/pkg/e2e/testdata/TestRawEnvFile/compose.yaml": (
        "the library alone knows no raw env files; the program built on it does, and so do we"
    ),
    "defaults/TestRegisterDefaultValue.func2/97b69f4d": CUSTOM,
    "defaults/TestRegisterDefaultValue.func2/bf833520": CUSTOM,
    "defaults/TestRegisterDefaultValue.func2/6c116272": CUSTOM,
    "defaults/TestRegisterDefaultValue.func2/8a4d044d": CUSTOM,
    "substitute/TestSubstituteWithCustomFunc/da39eb2d": CUSTOM,
    "substitute/TestSubstituteWithReplacementFunc/053e5595": CUSTOM,
    "substitute/TestSubstituteWithReplacementFunc/a918bf6a": CUSTOM,
    "load/TestLoadExtendsListenerMultipleFiles/1a1b15a2": GONE,
    "load/TestLoadFromFile/ee08544d": GONE,
    "load/TestLoadWithIncludeEnv/0898249c": GONE,
    "load/TestNestedIncludeAndExtends/e8f62965": GONE,
    "load/TestOverrideMiddle/799ff030": GONE,
    "load/TestProjectWithDiscardEnvFile/e786bdb0": OPTION,
    "load/TestWithoutUnnecessaryResourcesOption_NoSelection/238de9ae": OPTION,
    "load/TestWithoutUnnecessaryResourcesOption_AllResourceKinds/06b70fb5": OPTION,
    "load/TestDiscardEnvFileOption/31b70856": OPTION,
    "load/TestXService/ab8329a1": (
        "the reference takes a network whose name begins with x- for an extension, "
        "and prints it as one named #extensions"
    ),
    "load/TestLoadSSHWithKeyValueInBuildConfig/3259ca0e": PRINTING,
}
