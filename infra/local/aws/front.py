"""What every AWS call passes: who calls, may it, shall it fail, then the service itself."""

from __future__ import annotations

import traceback
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable

from infra.local.aws.faults import Faults
from infra.local.aws.message import AwsRequest, AwsResponse, error_response
from infra.local.aws.permissions import needs
from infra.local.aws.policies import Policies
from infra.local.aws.services import Services
from infra.local.shared import ACCOUNT, ADMIN_KEY
from infra.local.visitors import from_page


class Front:
    """The AWS endpoint's request handler. `policies` is replaced at a re-deployment."""

    def __init__(self, services: Services, policies: Policies, log: Callable[[str, str], None]) -> None:
        self.services = services
        self.policies = policies
        self.faults = Faults()
        self._log = log
        self.calls: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def __call__(self, request: AwsRequest) -> AwsResponse | Awaitable[AwsResponse]:
        """Answer one AWS API call. What breaks in here is a 500 to the caller and a traceback in the log."""
        try:
            return self._answer(request)
        except Exception:
            self._log(f"{request.action} failed in the runner\n{traceback.format_exc()}", "ERROR")
            return error_response(
                request, "InternalServerError", "The laptop runner failed; see its log", 500
            )

    def _answer(self, request: AwsRequest) -> AwsResponse | Awaitable[AwsResponse]:
        if from_page(request.headers):
            return error_response(request, "AccessDeniedException", "Web pages may not call this", 403)
        caller = request.caller
        if caller != ADMIN_KEY:
            if caller not in self.policies.roles:
                text = f"The access key {caller!r} belongs to no function of this stack"
                return error_response(request, "UnrecognizedClientException", text)
            self.calls[caller][request.action] += 1
            refusal = self._refusal(request)
            if refusal:
                return refusal
        fault = self.faults.check(request)
        return fault or self.services.answer(request)

    def _refusal(self, request: AwsRequest) -> AwsResponse | None:
        for action, resource in needs(request, self.policies.secret_keys):
            if not self.policies.allows(request.caller, action, resource):
                role = self.policies.roles[request.caller]
                user = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{request.caller}"
                text = (
                    f"User: {user} is not authorized to perform: {action} on resource: {resource} "
                    f"because no identity-based policy allows the {action} action"
                )
                status = 400 if request.service == "dynamodb" else 403
                return error_response(request, "AccessDeniedException", text, status)
        return None
