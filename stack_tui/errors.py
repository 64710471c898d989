"""The error that a user is meant to read: what went wrong, where, and what to do about it."""


class StackError(Exception):
    """Base of every expected error; `exit_code` is the command's (2: usage, config, cases)."""

    exit_code = 2

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(what, where, remedy)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        message = f"{self.where}: {self.what}" if self.where else self.what
        return f"{message}\n  {self.remedy}" if self.remedy else message
