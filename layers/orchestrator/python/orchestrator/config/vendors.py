"""Vendors whose keys live in Secrets Manager: one secret per vendor, a JSON object of its variables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Vendor:
    """`keys` are the secret's fields (and the `.env` variables they come from on a laptop).

    Those that are `optional` may stay empty. `base_url` is the variable that redirects the vendor's SDK; the
    laptop runner sets it to a stand-in when no key is present.
    """

    name: str
    keys: tuple[str, ...]
    base_url: str | None = None
    optional: tuple[str, ...] = ()


VENDORS = {
    vendor.name: vendor
    for vendor in (
        Vendor("openai", ("OPENAI_API_KEY",), base_url="OPENAI_BASE_URL"),
        Vendor(
            "supabase",
            ("SUPABASE_API_KEY", "SUPABASE_AUTH_TOKEN"),
            base_url="SUPABASE_URL",
            optional=("SUPABASE_AUTH_TOKEN",),
        ),
        Vendor("ssh", ("SSH_PRIVATE_KEY",)),
        # Ours, not a vendor's: each with the one it replaced, as long as receivers or senders still use that.
        Vendor(
            "webhooks",
            (
                "CALLBACK_HMAC_SECRET",
                "CALLBACK_HMAC_SECRET_PREVIOUS",
                "WEBHOOK_RECEIVE_SECRET",
                "WEBHOOK_RECEIVE_SECRET_PREVIOUS",
            ),
            optional=("CALLBACK_HMAC_SECRET_PREVIOUS", "WEBHOOK_RECEIVE_SECRET_PREVIOUS"),
        ),
    )
}
