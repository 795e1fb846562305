-- The calendar's table. psql -v ON_ERROR_STOP=1 -f docs/supabase.sql, or Supabase's SQL editor; as often as one likes.
-- A table made by the document keeps its rows and columns, gets the columns it lacks, and row-level security.
begin;

create table if not exists public.events (
    id uuid primary key default gen_random_uuid(),
    title text not null,
    description text not null default '',
    start_time timestamptz not null,
    end_time timestamptz not null,
    location text,
    category text not null default 'other',
    user_id text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    priority text not null default 'medium',
    participants text[] not null default '{}',
    amount numeric(14, 2),
    constraint events_end_after_start check (end_time >= start_time)
);

alter table public.events
    add column if not exists currency text,
    add column if not exists timezone text,
    add column if not exists all_day boolean not null default false,
    add column if not exists recurrence text,
    add column if not exists external_id text,
    add column if not exists tenant text not null default 'default';

comment on column public.events.user_id is 'Whose calendar it is: the request''s user_id, whatever it looks like';
comment on column public.events.timezone is 'IANA zone the event keeps when its offset changes';
comment on column public.events.recurrence is 'RFC 5545 RRULE; start_time is the first event of the series';
comment on column public.events.external_id is 'The same for the same event of the same request of a tenant';
comment on column public.events.tenant is 'Whose key wrote the row; user_id is a name that each tenant gives for itself';

-- A repeated insert leaves the first row alone (on_conflict=user_id,external_id); rows without an id are not compared.
-- The id is made from the tenant as well, so that no tenant's row is in another's way.
create unique index if not exists events_owner_external_id on public.events (user_id, external_id);
create index if not exists events_tenant_start on public.events (tenant, user_id, start_time);
create index if not exists events_tenant_series on public.events (tenant, user_id, start_time)
    where recurrence is not null;
create index if not exists events_tenant_external_id on public.events (tenant, external_id);
-- What an earlier version of this file made in their place.
drop index if exists public.events_owner_start, public.events_owner_series;

-- Secret keys (service_role) pass row-level security by: tenants are kept apart by whoever holds the key. Whoever is
-- signed in at Supabase sees and changes the rows of their own id, whichever tenant they came from.
alter table public.events enable row level security;

do $$
begin
    if exists (select from pg_roles where rolname = 'service_role') then
        grant select, insert, update, delete on public.events to service_role;
    end if;
    if to_regprocedure('auth.uid()') is null
        or not exists (select from pg_roles where rolname = 'authenticated') then
        raise notice 'not a database of Supabase: no policy for signed-in users';
        return;
    end if;
    grant select, insert, update, delete on public.events to authenticated;
    drop policy if exists events_own on public.events;
    -- The sub-select lets PostgreSQL ask once per statement instead of once per row.
    create policy events_own on public.events to authenticated
        using ((select auth.uid())::text = user_id::text)
        with check ((select auth.uid())::text = user_id::text);
end
$$;

-- PostgREST keeps the columns it knows: this tells it that there are new ones.
notify pgrst, 'reload schema';

commit;
