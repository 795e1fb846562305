"""The Lambda layers: the shared package, and one for each dependency group that a function names."""

from __future__ import annotations

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.deployment import Deployment, DeploymentError
from infra.discovery import Found
from infra.layers import PACKAGE, pack


class Layers(Construct):
    """The package's layer, and on deployed stages one for each dependency group in use.

    On the laptop the workers import the dependencies from the project's own environment: no layer is built.
    """

    def __init__(self, scope: Construct, deployment: Deployment, found: list[Found]) -> None:
        """Create the layers under `scope`.

        Raises:
            DeploymentError: a layer that a function needs has not been built.
        """
        super().__init__(scope, "Layers")
        # Both also serve the custom resource that switches on text search.
        named = {name for one in found for name in one.spec.layers} | {"aws", "base"}
        names = [] if deployment.local else sorted(named)
        missing = [name for name in names if not (deployment.layers / name / "python").is_dir()]
        if missing:
            raise DeploymentError(f"layers not built: {', '.join(missing)}; run: make layers")
        source = deployment.root / "layers" / PACKAGE
        packed = source if deployment.local else pack(deployment.root, deployment.layers)
        self._package = self._layer(PACKAGE, deployment, str(packed))
        self._by_name = {name: self._layer(name, deployment, str(deployment.layers / name)) for name in names}

    def of(self, names: tuple[str, ...]) -> list[lambda_.ILayerVersion]:
        """Return the package's layer and those of the named groups that exist on this stage."""
        return [self._package, *(self._by_name[name] for name in names if name in self._by_name)]

    def _layer(self, name: str, deployment: Deployment, path: str) -> lambda_.LayerVersion:
        return lambda_.LayerVersion(
            self,
            name,
            layer_version_name=f"{deployment.prefix}-{name}",
            code=lambda_.Code.from_asset(path, exclude=["**/__pycache__"] if deployment.local else []),
            compatible_architectures=[lambda_.Architecture.ARM_64],
            compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
        )
