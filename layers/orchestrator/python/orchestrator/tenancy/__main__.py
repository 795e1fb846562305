"""Create, list and revoke API keys.

    python -m orchestrator.tenancy create --tenant acme --name ci --scopes "intents:run jobs:read" --local
    python -m orchestrator.tenancy list --tenant acme --stage dev
    python -m orchestrator.tenancy revoke 7Kp2mXw9QbTz --stage prod

Exit codes: 0 done, 1 not done (the reason is on standard error), 2 wrong use. A new key is all that `create`
writes to standard output, once: `KEY=$(python -m orchestrator.tenancy create …)`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from orchestrator import wiring
from orchestrator.errors import OrchestratorError, Unavailable
from orchestrator.tenancy import scopes
from orchestrator.tenancy.keys import ApiKey, Keys

_MINUTE = "%Y-%m-%d %H:%MZ"
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        _aim(options)
        asyncio.run(_COMMANDS[options.command](Keys(wiring.key_store()), options))
    except Unavailable as error:
        hint = "Is `make run` up?" if options.local else "Are your AWS credentials and region right?"
        return _fail(f"{error.message}: {error.__cause__}", hint)
    except OrchestratorError as error:
        return _fail(error.message, error.hint)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code != "ResourceNotFoundException":
            return _fail(str(error))
        return _fail(
            f"there is no table {os.environ['TABLE_KEYS']} here", "Is the stage deployed? Right region?"
        )
    except BotoCoreError as error:
        return _fail(str(error))
    return 0


def _parser() -> argparse.ArgumentParser:
    where = argparse.ArgumentParser(add_help=False)
    target = where.add_mutually_exclusive_group(required=True)
    target.add_argument("--local", action="store_true", help="the house that `make run` runs on this machine")
    target.add_argument(
        "--stage", choices=["dev", "prod"], help="a deployed stage, with your AWS credentials"
    )
    target.add_argument("--table", help="a table by its physical name, with your AWS credentials")
    parser = argparse.ArgumentParser(prog="python -m orchestrator.tenancy", description="API keys.")
    commands = parser.add_subparsers(dest="command", required=True)
    create = commands.add_parser("create", parents=[where], help="make a key and show it, once")
    create.add_argument(
        "--tenant", required=True, help="whom the key speaks for: lower-case letters, digits, - and _"
    )
    create.add_argument("--name", required=True, help="what the key is for")
    create.add_argument(
        "--scopes", required=True, type=str.split, help='for example "intents:run jobs:read", or "*"'
    )
    create.add_argument(
        "--expires", default="90d", type=_lifetime, help="30m, 12h, 90d, 52w or never (default 90d)"
    )
    listing = commands.add_parser("list", parents=[where], help="show a tenant's keys")
    listing.add_argument("--tenant", required=True)
    revoke = commands.add_parser("revoke", parents=[where], help="end a key; acts within a minute")
    revoke.add_argument("key", help="its id, or the whole key")
    return parser


def _lifetime(text: str) -> timedelta | None:
    if text == "never":
        return None
    match = re.fullmatch(r"(\d{1,5})([mhdw])", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r}: write 30m, 12h, 90d, 52w or never")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _aim(options: argparse.Namespace) -> None:
    """Set the environment the adapters read, for the place that `options` name."""
    if options.local:
        os.environ.update(_local_environment())
    else:
        os.environ["TABLE_KEYS"] = options.table or f"orchestrator-{options.stage}-keys"


def _local_environment() -> dict[str, str]:
    file = Path(os.environ.get("ORCHESTRATOR_LOCAL_DIR") or ".local") / "env"
    if not file.exists():
        raise OrchestratorError(f"{file} is not there", hint="Is `make run` up, in this folder?")
    lines = file.read_text(encoding="utf-8").splitlines()
    pairs = [line.removeprefix("export ").partition("=") for line in lines if "=" in line and line[0] != "#"]
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}


async def _create(keys: Keys, options: argparse.Namespace) -> None:
    of_tools = {tool.options.scope for tool in wiring.tools() if tool.options.scope}
    of_routes = scopes.declared(Path.cwd())
    scopes.check(options.scopes, of_routes | of_tools if of_routes else of_routes)
    key, record = await keys.create(options.tenant, options.name, options.scopes, options.expires)
    print(key)
    print(f"{_line(record)}\nThis is the only time the key is shown.", file=sys.stderr)


async def _list(keys: Keys, options: argparse.Namespace) -> None:
    async for record in keys.list(options.tenant):
        print(_line(record))


async def _revoke(keys: Keys, options: argparse.Namespace) -> None:
    print(_line(await keys.revoke(options.key)))


_COMMANDS = {"create": _create, "list": _list, "revoke": _revoke}


def _line(key: ApiKey) -> str:
    state = "active" if key.usable(datetime.now(UTC)) else "expired"
    if key.revoked_at:
        state = f"revoked {key.revoked_at:{_MINUTE}}"
    until = f"{key.expires_at:{_MINUTE}}" if key.expires_at else "never"
    who = f"{key.id}  {key.tenant}  {key.name!r}  {' '.join(sorted(key.scopes))}"
    return f"{who}  created {key.created_at:{_MINUTE}}  expires {until}  {state}"


def _fail(message: str, hint: str | None = None) -> int:
    print(f"error: {message}{'. ' + hint if hint else ''}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
