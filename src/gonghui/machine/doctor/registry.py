"""How a check is written down: a function under a name and a title, returning what it found."""

from collections.abc import Callable
from dataclasses import dataclass

from gonghui.machine.doctor.patient import Patient
from gonghui.machine.doctor.report import Finding, Level

Result = tuple[Level, str] | tuple[Level, str, str] | tuple[Level, str, str, Callable[[], None]]


@dataclass(frozen=True, slots=True)
class Check:
    """One named check."""

    name: str
    title: str
    look: Callable[[Patient], Result]

    def made(self, patient: Patient) -> Finding:
        level, message, *rest = self.look(patient)
        mend = str(rest[0]) if rest else ""
        fix = rest[1] if len(rest) > 1 else None
        return Finding(self.name, self.title, level, message, mend, fix)  # type: ignore[arg-type]


class Checks(list[Check]):
    """Collects the checks of one module by decoration, in the order written."""

    def check(self, name: str, title: str) -> Callable[[Callable[[Patient], Result]], Callable[[Patient], Result]]:
        def keep(look: Callable[[Patient], Result]) -> Callable[[Patient], Result]:
            self.append(Check(name, title, look))
            return look

        return keep
