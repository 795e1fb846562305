"""Webhook deliveries in memory; the contract tests hold store, queue and vault to the rules of real ones."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil

from orchestrator.errors import InvalidInput
from orchestrator.webhooks.models import MAX_ATTEMPTS, Attempt, Delivery, Endpoint, Reply, Target
from orchestrator.webhooks.ports import Due

DAY = 86_400


class MemoryDeliveries:
    """`DeliveryStore` in a dict. `error` fails the next calls of the methods it names."""

    def __init__(self) -> None:
        self.deliveries: dict[tuple[str, str], Delivery] = {}
        self.error: dict[str, Exception] = {}

    async def create(self, delivery: Delivery) -> Delivery:
        self._fail("create")
        place = delivery.announcement.tenant, delivery.announcement.subject
        return self.deliveries.setdefault(place, delivery)

    async def supersede(self, standing: Delivery, delivery: Delivery) -> bool:
        place = delivery.announcement.tenant, delivery.announcement.subject
        if place not in self.deliveries or self.deliveries[place].webhook_id != standing.webhook_id:
            return False
        self._keep(delivery)
        return True

    async def get(self, tenant: str, subject: str) -> Delivery | None:
        return self.deliveries.get((tenant, subject))

    async def take(
        self, tenant: str, subject: str, holder: str, now: float, lease_until: float
    ) -> Delivery | None:
        self._fail("take")
        delivery = self.deliveries.get((tenant, subject))
        if delivery is None or not _is_free(delivery, now):
            return delivery
        return self._keep(
            replace(
                delivery,
                status="delivering",
                holder=holder,
                lease_until=lease_until,
                updated_at=now,
                log=(*delivery.log, Attempt(started_at=now)),
            )
        )

    async def settle(self, delivery: Delivery) -> bool:
        self._fail("settle")
        held = self.deliveries.get((delivery.announcement.tenant, delivery.announcement.subject))
        if held is None or held.status != "delivering" or held.holder != delivery.holder:
            return False
        self._keep(delivery)
        return True

    async def renew(
        self,
        tenant: str,
        subject: str,
        now: float,
        expires_at: int,
        url: str | None = None,
        *,
        due_at: float | None = None,
        only_failed: bool = False,
    ) -> Delivery | None:
        self._fail("renew")
        delivery = self.deliveries.get((tenant, subject))
        if delivery is None or delivery.is_held(now) or len(delivery.log) >= MAX_ATTEMPTS:
            return None
        if delivery.expires_at <= now:
            return None
        if only_failed and delivery.status != "failed":
            return None
        announcement = replace(delivery.announcement, url=url or delivery.announcement.url)
        return self._keep(
            replace(
                delivery,
                announcement=announcement,
                status="waiting",
                tries=0,
                by_hand=True,
                next_at=now if due_at is None else due_at,
                updated_at=now,
                expires_at=expires_at,
            )
        )

    async def forget(self, tenant: str, subject: str) -> bool:
        return self.deliveries.pop((tenant, subject), None) is not None

    async def failed(self, tenant: str, since: float, until: float, limit: int) -> Sequence[str]:
        found = sorted(
            (delivery.updated_at, subject)
            for (owner, subject), delivery in self.deliveries.items()
            if owner == tenant and delivery.status == "failed" and since <= delivery.updated_at <= until
        )
        return [subject for _, subject in found][:limit]

    async def sweep(self, now: float, limit: int) -> int:
        today = now // DAY
        old = [place for place, one in self.deliveries.items() if one.expires_at // DAY < today][:limit]
        for place in old:
            del self.deliveries[place]
        return len(old)

    def _keep(self, delivery: Delivery) -> Delivery:
        self.deliveries[delivery.announcement.tenant, delivery.announcement.subject] = delivery
        return delivery

    def _fail(self, method: str) -> None:
        if method in self.error:
            raise self.error[method]


def _is_free(delivery: Delivery, now: float) -> bool:
    if delivery.status == "delivering":
        return delivery.lease_until < now
    return delivery.status in ("pending", "waiting") and (delivery.next_at or 0) <= now


class MemoryEndpoints:
    """`EndpointStore` in a dict."""

    def __init__(self) -> None:
        self.endpoints: dict[tuple[str, str], Endpoint] = {}

    async def get(self, tenant: str, url: str) -> Endpoint | None:
        return self.endpoints.get(_place(tenant, url))

    async def failed(self, tenant: str, url: str, now: float) -> None:
        known = self.endpoints.get(_place(tenant, url))
        self.endpoints[_place(tenant, url)] = Endpoint(known.failing_since if known else now, now)

    async def recovered(self, tenant: str, url: str) -> None:
        self.endpoints.pop(_place(tenant, url), None)


def _place(tenant: str, url: str) -> tuple[str, str]:
    return tenant, url.partition("#")[0].partition("?")[0]


@dataclass
class MemoryDeliveryQueue:
    """`DeliveryQueue` in a list of messages, each with the moment at which it arrives."""

    sent: list[tuple[float, Due]] = field(default_factory=list)
    error: Exception | None = None

    async def send(self, due: Due, now: float) -> None:
        if self.error:
            raise self.error
        self.sent.append((now + min(max(ceil(due.due_at - now), 0), 900), due))


@dataclass
class MemoryReceived:
    """`Received` that remembers for how long it was kept."""

    receive_count: int = 1
    kept: list[float] = field(default_factory=list)

    async def keep(self, seconds: float) -> None:
        self.kept.append(seconds)


class MemoryVault:
    """`Vault` whose ciphertext says what it is bound to. `error` fails the next calls of `open`."""

    error: Exception | None = None

    async def seal(self, secrets: Sequence[str], tenant: str, subject: str) -> tuple[str, ...]:
        return tuple(f"{tenant}/{subject}/{secret[::-1]}" for secret in secrets)

    async def open(self, sealed: Sequence[str], tenant: str, subject: str) -> tuple[str, ...]:
        if self.error:
            raise self.error
        bound = f"{tenant}/{subject}/"
        if not all(one.startswith(bound) for one in sealed):
            raise ValueError("sealed for something else")
        return tuple(one.removeprefix(bound)[::-1] for one in sealed)


class OpenGuard:
    """`Guard` that lets everything through but what contains `refused`. `error` fails the next `locate`."""

    error: Exception | None = None

    async def locate(self, url: str, *, field: str = "webhook_url") -> Target:
        if self.error:
            raise self.error
        await self.admit(url, field=field)
        return Target(url, "https", "receiver.example", 443, "/hook", ("192.0.2.1",))

    async def admit(self, url: str, *, field: str = "webhook_url") -> None:
        if "refused" in url:
            raise InvalidInput(f"{field} does not lead to a public address only.", field=field)


@dataclass(frozen=True)
class Post:
    """One POST as it was sent."""

    target: Target
    headers: Mapping[str, str]
    body: bytes
    seconds: float


class ScriptedSender:
    """`Sender` that answers what `script` says (a reply, an error, or what is to be called), else 204."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.script: list[Reply | Exception | Callable[[], Reply]] = []

    async def post(self, target: Target, headers: Mapping[str, str], body: bytes, seconds: float) -> Reply:
        self.posts.append(Post(target, dict(headers), body, seconds))
        step = self.script.pop(0) if self.script else Reply(204, 5)
        if isinstance(step, Exception):
            raise step
        return step if isinstance(step, Reply) else step()
