"""`gonghui doctor`: named checks of an installation, each saying in Chinese what is wrong and what mends it."""

from collections.abc import Sequence

import psycopg

from gonghui.machine.doctor import data, database, ground, service
from gonghui.machine.doctor.patient import Patient, Untold
from gonghui.machine.doctor.registry import Check
from gonghui.machine.doctor.report import Finding, Level, Report
from gonghui.machine.fault import Fault

CHECKS: tuple[Check, ...] = (*ground.CHECKS, *data.CHECKS, *database.CHECKS, *service.CHECKS)

__all__ = ["CHECKS", "Finding", "Level", "Patient", "Report", "catalogue", "examine"]


def catalogue() -> list[tuple[str, str]]:
    """Names and titles of all checks, in the order they are made."""
    return [(check.name, check.title) for check in CHECKS]


def examine(*, only: Sequence[str] = (), fix: bool = False) -> Report:
    """Make the checks asked for (all when none is), mending what can be mended when told to."""
    known = {check.name for check in CHECKS}
    if unknown := [name for name in only if name not in known]:
        raise Fault(f"没有名为 {'、'.join(unknown)} 的检查", "gonghui doctor --list 列出全部检查")
    chosen = [check for check in CHECKS if not only or check.name in only]
    findings: list[Finding] = []
    with Patient() as patient:
        for check in chosen:
            finding = _make(check, patient)
            if fix and finding.fix is not None and finding.level is not Level.OK:
                finding = _mend(check, patient, finding)
            findings.append(finding)
    return Report(findings)


def _make(check: Check, patient: Patient) -> Finding:
    try:
        return check.made(patient)
    except Untold as error:
        return Finding(check.name, check.title, Level.WARNING, f"没能检查：先要改正“{error}”一项")
    except psycopg.Error as error:
        kind = type(error).__name__
        return Finding(check.name, check.title, Level.ERROR, f"检查中断（{kind}）", "gonghui migrate 后再查")


def _mend(check: Check, patient: Patient, finding: Finding) -> Finding:
    assert finding.fix is not None
    try:
        finding.fix()
    except (Fault, OSError, psycopg.Error) as error:
        finding.message += f"；自动改正没有成功：{error}"
        return finding
    after = _make(check, patient)
    if after.level is Level.OK:
        after.message = f"{finding.message}"
        after.fixed = True
    return after
