"""What stops the runner: one line that says what is wrong and how to mend it."""


class RunnerError(Exception):
    """The runner cannot start or go on. The message is one line and names the mend."""
