from __future__ import annotations

import json
from pathlib import Path

import pytest
from cfnlint.api import lint_file

from infra.app import findings
from tests.infra.synthesized import Stack


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_cfn_lint_finds_nothing(stage: str, request: pytest.FixtureRequest) -> None:
    stack: Stack = request.getfixturevalue(stage)
    assert [f"{match.rule.id} {match.path}: {match.message}" for match in lint_file(stack.file)] == []


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_cdk_nag_finds_nothing_unexplained(stage: str, request: pytest.FixtureRequest) -> None:
    # The synth itself fails on a finding; the report is there to be read by people.
    stack: Stack = request.getfixturevalue(stage)
    assert list(findings(stack.out / "validation-report.json")) == []


def test_a_template_stays_far_from_cloudformations_limits(dev: Stack) -> None:
    assert len(dev.template["Resources"]) < 500
    assert dev.file.stat().st_size < 1_000_000


def test_a_finding_is_told_in_one_line_with_its_rule_and_place(tmp_path: Path) -> None:
    report = tmp_path / "validation-report.json"
    violation = {
        "ruleName": "AwsSolutions-SQS3",
        "description": "The SQS queue has no dead-letter queue.",
        "violatingConstructs": [{"constructPath": "orchestrator-dev/Queues/x"}],
    }
    report.write_text(
        json.dumps({"pluginReports": [{"pluginName": "AwsSolutions", "violations": [violation]}]})
    )
    assert list(findings(report)) == [
        "AwsSolutions-SQS3 at orchestrator-dev/Queues/x: The SQS queue has no dead-letter queue."
    ]
