-- Who may do what on a pipeline in PostgreSQL: reps, founders and readers.
--
--   createdb sales
--   PIPE_DB=postgresql://admin@db.example.com/sales pipe init      (admin: who makes it, and nobody's daily name)
--   psql -d sales -f examples/roles.sql                            (as the same admin; may be run again after an upgrade)
--   psql -d sales -c "create role ana login password '...' in role pipe_rep"
--
-- From then on Ana works with PIPE_DB=postgresql://ana@db.example.com/sales and her password in ~/.pgpass, never in the
-- address. Whatever is written is written under the name she logs in with: no flag, no setting and no SET ROLE changes it.
-- The roles of the pipeline's definition ([roles] founder = ["ida"]) name the same people.
--
-- What this keeps from a rep who opens psql beside the tool:
--   * changing or deleting anything of the journal (events, commands, texts, people, definitions);
--   * writing under somebody else's name, or adding to a command that is finished, their own ones too;
--   * adopting a definition, erasing a person, turning the journal's numbers back or ahead, its clock ahead;
--   * leaving a row in the way of the next command, or locking out everybody's version of the program.
-- What it cannot keep from them, because rules are judged by the program and not by the database:
--   * appending, under their own name, an event that no gate let through, an approval or a waiver that is not theirs to
--     give, with a date of their choice, or one that takes a colleague's command back, or one that no program can read,
--     so that its opportunity cannot be changed any more. The journal says who: pipe journal --actor NAME;
--   * writing nonsense into the lists, which are only a copy: pipe doctor finds it, pipe doctor --rebuild mends it;
--   * a version of a stream that skips one, under their own name: pipe doctor finds it;
--   * holding the lock that all writers share (set idle_in_transaction_session_timeout).
-- A founder can besides blank texts and people, and put [erased] in the place of words of an event; nothing else there.
-- A superuser, and the owner of the tables, may do everything. Readers see everything, people's addresses too.
-- Only the owner restores a backup, copies a workspace here, and overwrites old rows after pipe forget (--sweep).

do $$
declare
  name text;
begin
  foreach name in array array['pipe_reader', 'pipe_rep', 'pipe_founder'] loop
    if not exists (select from pg_roles where rolname = name) then
      execute format('create role %I nologin', name);
    end if;
  end loop;
end $$;
grant pipe_reader to pipe_rep;
grant pipe_rep to pipe_founder;

-- Everybody reads.
revoke create on schema public from public;
grant usage on schema public to pipe_reader;
grant select on
  workspace, definition, command, event, content, person,
  opportunity, span, visit, evidence, exchange, next_action, waiver, approval, proposal, merged, account, contact, rate
  to pipe_reader;

-- Reps append to the journal, move its head, and keep the lists in step.
grant insert on command, event, content, person to pipe_rep;
grant update (head, next_number, recorded_at, projection, min_writer) on workspace to pipe_rep;
grant insert, update, delete on
  opportunity, span, visit, evidence, exchange, next_action, waiver, approval, proposal, merged, account, contact, rate
  to pipe_rep;

-- Founders adopt definitions too, and may erase what is to be forgotten.
grant insert on definition to pipe_founder;
grant update (definition) on workspace to pipe_founder;
grant update (body, salt, erased_at) on content to pipe_founder;
grant update (name, mail, phone, salt, erased_at) on person to pipe_founder;
grant update (payload) on event to pipe_founder;

-- A row of the journal is written by who logged in, and behind its head: what is finished stays as it is.
alter table command enable row level security;
alter table event enable row level security;
alter table content enable row level security;
alter table person enable row level security;
drop policy if exists reading on command;
drop policy if exists reading on event;
drop policy if exists reading on content;
drop policy if exists reading on person;
create policy reading on command for select using (true);
create policy reading on event for select using (true);
create policy reading on content for select using (true);
create policy reading on person for select using (true);

drop policy if exists appending on command;
create policy appending on command for insert to pipe_rep
  with check (actor = session_user and id > (select head from workspace));
drop policy if exists appending on event;
create policy appending on event for insert to pipe_rep
  with check (
    seq > (select head from workspace)
    and command > (select head from workspace)
    and exists (select from command c where c.id = command and c.actor = session_user)
    and (
      kind not in ('WorkspaceCreated', 'DefinitionAdopted', 'ContentErased')
      or pg_has_role(session_user, 'pipe_founder', 'member')
    )
  );
drop policy if exists appending on content;
create policy appending on content for insert to pipe_rep with check (id > (select head from workspace));
drop policy if exists appending on person;
create policy appending on person for insert to pipe_rep with check (id > (select head from workspace));

drop policy if exists erasing on event;
create policy erasing on event for update to pipe_founder using (true) with check (true);
drop policy if exists erasing on content;
create policy erasing on content for update to pipe_founder
  using (true) with check (body is null and erased_at is not null);
drop policy if exists erasing on person;
create policy erasing on person for update to pipe_founder
  using (true) with check (name is null and mail is null and phone is null and erased_at is not null);

-- What stands in a function is looked up as its caller would, whose temporary tables come first: hence the search paths.

-- Every value of a document by its place; of an object or an array only that it is one.
create or replace function pipe_values(document jsonb) returns table (place text[], value jsonb)
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  with recursive found(place, value) as (
    select array[]::text[], document
    union all
    select f.place || part.key, part.value from found f cross join lateral (
      select e.key, e.value from jsonb_each(case jsonb_typeof(f.value) when 'object' then f.value else '{}' end) e
      union all
      select a.n::text, a.value
      from jsonb_array_elements(case jsonb_typeof(f.value) when 'array' then f.value else '[]' end)
        with ordinality as a(value, n)
    ) part
  )
  select f.place,
    case when jsonb_typeof(f.value) in ('object', 'array') then to_jsonb(jsonb_typeof(f.value)) else f.value end
  from found f
$$;

-- An event loses words, in the place of which stands [erased], and nothing else changes in it.
create or replace function pipe_event_loses() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if not pg_has_role(current_user, (select relowner from pg_catalog.pg_class where oid = tg_relid), 'member')
    and exists (
      select from public.pipe_values(old.payload::jsonb) was
      full join public.pipe_values(new.payload::jsonb) now using (place)
      where was.value is null or now.value is null or was.value <> now.value and not (
        jsonb_typeof(was.value) = 'string' and jsonb_typeof(now.value) = 'string'
        and was.value #>> '{}' like replace(
          replace(replace(replace(now.value #>> '{}', '\', '\\'), '%', '\%'), '_', '\_'), '[erased]', '%')
      )
    )
  then
    raise exception 'an event only loses words' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
drop trigger if exists pipe_event_loses on event;
create trigger pipe_event_loses before update on event for each row execute function pipe_event_loses();

-- The head of the journal only grows, but for who owns the tables (a restore). Whose clock is ahead would date everybody's
-- events after it; a version of the program that these roles do not know would lock everybody else's out.
create or replace function pipe_head_grows() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  writer constant integer := 2;
  lists constant integer := 3;
begin
  if pg_has_role(current_user, (select relowner from pg_catalog.pg_class where oid = tg_relid), 'member') then
    return new;
  elsif new.head < old.head or new.next_number < old.next_number or new.recorded_at < old.recorded_at
    or new.min_writer < old.min_writer or new.projection < old.projection
    or new.next_number - old.next_number > new.head - old.head
  then
    raise exception 'the journal only grows' using errcode = 'insufficient_privilege';
  elsif new.recorded_at >
    to_char((clock_timestamp() + interval '5 minutes') at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS') collate "C"
  then
    raise exception 'the clock of this computer is ahead of the server''s' using errcode = 'insufficient_privilege';
  elsif new.min_writer > greatest(old.min_writer, writer) or new.projection > greatest(old.projection, lists) then
    raise exception 'these roles are of an older version; their owner runs pipe db upgrade and examples/roles.sql again'
      using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
drop trigger if exists pipe_head_grows on workspace;
create trigger pipe_head_grows before update on workspace for each row execute function pipe_head_grows();

-- What is written ends at the head: a row beyond it would stand in everybody's way. Asked at commit.
create or replace function pipe_ends_at_head() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  head constant bigint := (select w.head from public.workspace w);
begin
  if tg_table_name = 'workspace' then
    if head is distinct from (select coalesce(max(seq), 0) from public.event) then
      raise exception 'the head is not where the journal ends' using errcode = 'insufficient_privilege';
    end if;
  elsif new.id > head then
    raise exception '% % is beyond the head of the journal', tg_table_name, new.id
      using errcode = 'insufficient_privilege';
  end if;
  return null;
end $$;
do $$
declare
  name text;
begin
  foreach name in array array['command', 'content', 'person', 'workspace'] loop
    execute format('drop trigger if exists pipe_ends_at_head on %I', name);
    execute format(
      'create constraint trigger pipe_ends_at_head after %s on %I deferrable initially deferred '
      'for each row execute function pipe_ends_at_head()',
      case name when 'workspace' then 'update' else 'insert' end, name);
  end loop;
end $$;
