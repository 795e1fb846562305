"""What `python -m orchestrator.config --check` finds and prints: one line per variable, grouped by wing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from orchestrator.config import SettingsError, rules
from orchestrator.config.groups import Platform
from orchestrator.config.registry import WINGS, Set, Variable, Wing
from orchestrator.config.rules import Rule

OFF = "off (stand-in on the laptop)"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of one variable. `problem` makes the check fail; `note` only informs."""

    variable: Variable
    state: str
    shown: str = ""
    note: str = ""
    problem: str = ""

    def line(self) -> str:
        """Return the finding as one line of text, no secret in it."""
        tail = self.note
        if self.problem:
            tail = f"{self.problem} (example: {self.variable.example})"
        mark = "✗" if self.problem else " "
        return f"{mark} {self.variable.name:<28} {self.state:<12} {self.shown:<12} {tail}".rstrip()


@dataclass(frozen=True, slots=True)
class WingReport:
    """A wing's heading and findings."""

    heading: str
    findings: tuple[Finding, ...]


def inspect(environment: Mapping[str, str]) -> list[WingReport]:
    """Return what is known of every variable in `environment`, wing by wing."""
    values = {name: value.strip() for name, value in environment.items() if value.strip()}
    return [_wing(wing, values) for wing in WINGS]


def annotated(reports: list[WingReport], notes: Mapping[str, Rule]) -> list[WingReport]:
    """Return `reports` with what `notes` say about the shown value of the variables they are named by."""
    return [
        replace(report, findings=tuple(_annotated(finding, notes) for finding in report.findings))
        for report in reports
    ]


def _annotated(finding: Finding, notes: Mapping[str, Rule]) -> Finding:
    rule = notes.get(finding.variable.name)
    said = rule(finding.shown) if rule and finding.shown and not finding.problem else None
    return replace(finding, note="; ".join(filter(None, (finding.note, said)))) if said else finding


def problems(reports: list[WingReport]) -> list[Finding]:
    """Return the findings that make the check fail."""
    return [finding for report in reports for finding in report.findings if finding.problem]


def render(reports: list[WingReport]) -> str:
    """Return the whole report as text."""
    blocks = [
        "\n".join([report.heading, *(finding.line() for finding in report.findings)]) for report in reports
    ]
    return "\n\n".join(blocks)


def is_on(group: Set, values: Mapping[str, str]) -> bool:
    """Return whether a set is complete: all required values are real, or a keyless server is named."""
    return group.keyless in values or all(
        _real(variable, values) for variable in group.variables if variable.required
    )


def _real(variable: Variable, values: Mapping[str, str]) -> bool:
    value = values.get(variable.name, "")
    return bool(value) and not rules.is_placeholder(value)


def _wing(wing: Wing, values: Mapping[str, str]) -> WingReport:
    findings = tuple(finding for group in wing.sets for finding in _set(group, values))
    return WingReport(_heading(wing, values), findings)


def _heading(wing: Wing, values: Mapping[str, str]) -> str:
    vendors = [group for group in wing.sets if group.vendor]
    on = [group.name for group in vendors if is_on(group, values)]
    own = [group for group in wing.sets if not group.vendor and not any(v.required for v in group.variables)]
    if vendors and not on and not own:
        return f"{wing.name}: {OFF}"
    heading = f"{wing.name}: on" + (f" ({', '.join(on)})" if on else "")
    for ending, stand_in in ((OFF, True), ("off", False)):
        off = [group.name for group in vendors if group.name not in on and group.stand_in is stand_in]
        heading += f"; {', '.join(off)} {ending}" if off else ""
    return heading


def _set(group: Set, values: Mapping[str, str]) -> Iterator[Finding]:
    required = [variable for variable in group.variables if variable.required]
    begun = next((variable.name for variable in required if _real(variable, values)), None)
    for variable in group.variables:
        finding = _judge(variable, values)
        if variable.required and begun and not _real(variable, values):
            finding = Finding(variable, finding.state, finding.shown, problem=f"missing: {begun} is set")
        elif (
            required
            and not begun
            and group.keyless not in values
            and finding.state == "set"
            and not finding.problem
        ):
            finding = Finding(variable, "set", finding.shown, f"no effect until {required[0].name} is set")
        yield finding


def _judge(variable: Variable, values: Mapping[str, str]) -> Finding:
    value = values.get(variable.name)
    if value is None:
        return Finding(variable, "default" if variable.default else "unset", variable.default)
    if rules.is_placeholder(value):
        return Finding(variable, "placeholder", note="a sample nobody replaced: counts as unset")
    shown = mask(value) if variable.secret or ("://" in value and "@" in value) else value
    try:
        return Finding(
            variable, "set", shown, note=variable.rule(value) or "", problem=_open(variable, values)
        )
    except ValueError as error:
        return Finding(variable, "set", shown, problem=str(error))


def _open(variable: Variable, values: Mapping[str, str]) -> str:
    """Say what is wrong with the stage and the auth mode together, which no variable shows alone."""
    if variable.name != "AUTH_MODE":
        return ""
    # Without a stage this is a laptop's file: a deployed stage is set by its synth.
    chosen = {name: values[name] for name in ("ORCHESTRATOR_STAGE", "AUTH_MODE") if name in values}
    try:
        Platform.load({"ORCHESTRATOR_STAGE": "local", **chosen})
    except SettingsError as error:
        return error.message
    return ""


def mask(secret: str) -> str:
    """Return what may be shown of a secret: enough to tell two apart, never enough to use."""
    return f"{secret[:3]}…{secret[-2:]}" if len(secret) >= 20 and "\n" not in secret else "••••"
