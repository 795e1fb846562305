"""The one stack: the function folders, and what they share."""

from __future__ import annotations

from aws_cdk import DefaultStackSynthesizer, Stack
from constructs import Construct

from infra.constructs.api import Api
from infra.constructs.function import FunctionFolder
from infra.constructs.keys import Keys
from infra.constructs.layers import Layers
from infra.constructs.observability import Observability
from infra.constructs.permissions import Storage
from infra.constructs.schedule import Schedules
from infra.constructs.storage import Queues, Secrets, Tables
from infra.constructs.vectors import TextSearch, Vectors
from infra.constructs.workflows import Workflows, workflow_arns
from infra.definitions import Definition
from infra.deployment import Deployment
from infra.discovery import Found


class OrchestratorStack(Stack):
    """Composes the constructs; every decision is theirs or a spec's."""

    def __init__(
        self, scope: Construct, deployment: Deployment, found: list[Found], definitions: list[Definition]
    ) -> None:
        """Build the stack `orchestrator-<stage>` from the function folders and the workflows' definitions."""
        super().__init__(
            scope,
            deployment.prefix,
            description="Five orchestrators behind one API, a Lambda for each endpoint.",
            termination_protection=deployment.prod,
            synthesizer=DefaultStackSynthesizer(generate_bootstrap_version_rule=not deployment.local),
        )
        storage = Storage(
            Tables(self, deployment),
            Queues(self, deployment, found),
            Vectors(self, deployment),
            Secrets(self, deployment, found),
            Keys(self, deployment),
            workflow_arns(self, deployment),
        )
        layers = Layers(self, deployment, found)
        if not deployment.local:
            TextSearch(self, deployment, storage.vectors, layers)
        functions = [FunctionFolder(self, one, deployment, storage, layers) for one in found]
        for function in functions:
            if function.found.spec.trigger:
                function.consume(storage.queues.by_name[function.found.spec.trigger.queue].main)
        by_id = {function.found.id: function for function in functions}
        workflows = Workflows(self, deployment, definitions, by_id, storage.queues)
        schedules = Schedules(self, deployment, functions)
        api = Api(self, deployment, functions)
        dead = [pair.dead for pair in storage.queues.by_name.values()]
        dead += [schedules.dead] if schedules.dead else []
        Observability(self, deployment, functions, dead, workflows, api)
