"""The one exception of the machine layer, so that the command line answers in a sentence."""


class Fault(Exception):
    """Something about the installation is wrong: what it is, and the command or edit that mends it."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n处理办法：{self.hint}" if self.hint else self.message
