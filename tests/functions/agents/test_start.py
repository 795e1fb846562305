"""What an agent has done before its first call."""

import subprocess
import sys
from pathlib import Path

from tests.functions.agents.world import NAMES

ROOT = Path(__file__).parents[3]
ENVIRONMENT = {
    "PYTHONPATH": f"{ROOT}:{ROOT / 'layers/orchestrator/python'}",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AUTH_MODE": "key",
    "TABLE_ANALYSIS": "analysis",
    "SECRET_OPENAI": "openai",
}
PROGRAM = """
import socket, sys
def connect(*_):
    raise AssertionError("nothing is to be asked while a function starts")
socket.socket.connect = socket.socket.connect_ex = connect
{imports}
from openai.types.responses import Response
assert Response.__pydantic_complete__, "the first answer would have to wait for it"
print(*sys.modules)
"""


def test_the_vendors_sdk_is_loaded_while_agents_start_and_nothing_is_connected() -> None:
    imports = "\n".join(f"import functions.agents.{name}.handler" for name in NAMES)
    command = [sys.executable, "-c", PROGRAM.format(imports=imports)]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert {"openai.lib._parsing._responses", "botocore.client"} <= loaded
    assert not {"boto3", "json_repair", "moto"} & loaded
