"""The infrastructure: function folders become one stack."""

import sys
from pathlib import Path

# The CDK CLI starts `infra.app` without the shared package on its path.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "layers" / "orchestrator" / "python"))
