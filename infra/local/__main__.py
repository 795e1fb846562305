"""`python -m infra.local`: run the stack here until Ctrl-C."""

from __future__ import annotations

import asyncio
import sys
import time

from infra.local.errors import RunnerError
from infra.local.lock import hold
from infra.local.options import read_options

STARTED = time.perf_counter()


def main() -> int:
    """Run; return the process's exit code. What cannot start is one line on standard error."""
    try:
        options = read_options()
        from infra.local import web

        listener = web.listen(options.port)
        hold(options.data)
        from infra.local.host import Host
        from infra.local.logs import Logs

        logs = Logs(options.log_file, options.environment.get("ORCHESTRATOR_LOG_LEVEL", ""))
        asyncio.run(Host(options, listener, logs).run(STARTED))
    except RunnerError as error:
        print(f"make run: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
