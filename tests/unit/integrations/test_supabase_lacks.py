"""What an answer says that a table lacks: columns of ours alone, whatever the table is called."""

import pytest

from orchestrator.integrations.postgrest import Reply
from orchestrator.integrations.supabase_lacks import UNIQUE, Lacks


@pytest.mark.parametrize(
    ("code", "said", "lacked"),
    [
        ("42703", "column events.tenant does not exist", {"tenant"}),
        ("42703", "column tenant.recurrence does not exist", {"recurrence"}),
        ("42703", "column my-tenant.all_day does not exist", {"all_day"}),
        ("42703", 'column "external_id" does not exist', {"external_id"}),
        ("42703", "column events.user_id does not exist", set()),
        ("PGRST204", "Column 'currency' of relation 'tenant' does not exist", {"currency"}),
        ("PGRST204", "Could not find the 'timezone' column of 'tenant' in the schema cache", {"timezone"}),
        ("PGRST204", "Could not find the 'title' column of 'tenant' in the schema cache", set()),
        ("42P10", "there is no unique or exclusion constraint for tenant", {UNIQUE}),
        ("22P02", "invalid input syntax for type uuid: tenant", set()),
    ],
)
def test_only_the_column_that_is_missing_is_left_out(code: str, said: str, lacked: set[str]) -> None:
    lacks = Lacks()
    assert lacks.learn(Reply(400, error={"code": code, "message": said})) == lacked
    assert lacks.recent() == lacked
