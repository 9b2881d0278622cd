import { sql } from 'kysely';
import type { LoggedEvent } from '#platform/events/event.ts';
import type { Reader, ReaderContext } from '#platform/events/reader.ts';
import { isJsonObject, jsonEqual } from '#platform/json.ts';
import type { BlueprintDefinition } from '../blueprint-document.ts';
import type { CatalogGraph, Graphs } from '../derived/load-graph.ts';
import { instantOf } from '../rules/json-term.ts';
import { renamedBlueprintOf } from '../rename/rename-in-documents.ts';
import { timerKeys, timersOf } from './timer-rules.ts';

/** Remembers when timers of entities expire. */
export function timersReader(graphs: Graphs): Reader {
  return {
    name: 'entity-timers',
    concerns: ({ kind, status }) =>
      status === 'SUCCESS' && kind !== 'entity.timer-expired' && /^(entity|blueprint)\./.test(kind),
    async handle(ctx, events) {
      const graph = await graphs.load(ctx.db, ctx.orgId);
      await moveTimers(ctx, events);
      const changed = new Map(events.filter(changesTimers).map((event) => [String(event.context.blueprint), event.at]));
      await rememberEntities(
        ctx,
        graph,
        events.filter((event) => event.kind.startsWith('entity.')),
      );
      for (const [blueprint, at] of changed) await rememberBlueprint(ctx, graph, blueprint, at);
    },
  };
}

/** What was told stays told. Before the entities' own changes: those that say the old name find nothing there. */
async function moveTimers({ db, orgId }: ReaderContext, events: readonly LoggedEvent[]): Promise<void> {
  for (const { from, to } of events.flatMap((event) => renamedBlueprintOf(event) ?? [])) {
    await sql`
      insert into entity_timer (org_id, blueprint, identifier, property, due_at, told_at)
      select org_id, ${to}, identifier, property, due_at, told_at from entity_timer
      where org_id = ${orgId} and blueprint = ${from} on conflict do nothing`.execute(db);
    await sql`delete from entity_timer where org_id = ${orgId} and blueprint = ${from}`.execute(db);
  }
}

function changesTimers(event: LoggedEvent): boolean {
  const { kind, before, after } = event;
  if (renamedBlueprintOf(event) !== null) return true;
  if (kind !== 'blueprint.updated' || before === null || after === null) return false;
  const keys = (document: object): readonly string[] => timerKeys(document as unknown as BlueprintDefinition);
  return !jsonEqual(keys(before), keys(after));
}

interface Known {
  readonly blueprint: string;
  readonly identifier: string;
  readonly property: string;
  readonly due: string;
  /** When it was written: what was past by then has nothing to tell. */
  readonly at: string;
}

async function rememberEntities(
  { db, orgId }: ReaderContext,
  graph: CatalogGraph,
  events: readonly LoggedEvent[],
): Promise<void> {
  const latest = new Map<string, readonly Known[]>();
  for (const { context, after, at } of events) {
    const { blueprint = '', entity: identifier = '', renamedFrom } = context;
    const document = graph.documents.get(blueprint);
    if (typeof renamedFrom === 'string') latest.set(JSON.stringify([blueprint, renamedFrom]), []);
    const properties = after?.['properties'];
    const timers = document !== undefined && isJsonObject(properties) ? timersOf(document, properties) : [];
    const known = timers.map((timer) => ({ ...timer, blueprint, identifier, at: at.toISOString() }));
    latest.set(JSON.stringify([blueprint, identifier]), known);
  }
  const entities = [...latest.keys()].map((key) => JSON.parse(key) as readonly [string, string]);
  const timers = [...latest.values()].flat();
  await sql`
    with seen as (
      select item ->> 0 as blueprint, item ->> 1 as identifier
      from jsonb_array_elements(${JSON.stringify(entities)}::jsonb) as item
    ), timer as (
      select * from jsonb_to_recordset(${JSON.stringify(timers)}::jsonb)
        as t(blueprint text, identifier text, property text, due timestamptz, at timestamptz)
    )
    delete from entity_timer known using seen
    where known.org_id = ${orgId} and known.blueprint = seen.blueprint and known.identifier = seen.identifier
      and not exists (select from timer where timer.blueprint = known.blueprint
        and timer.identifier = known.identifier and timer.property = known.property)`.execute(db);
  if (timers.length === 0) return;
  await sql`
    insert into entity_timer (org_id, blueprint, identifier, property, due_at, told_at)
    select ${orgId}, t.blueprint, t.identifier, t.property, t.due, case when t.due <= t.at then t.at end
    from jsonb_to_recordset(${JSON.stringify(timers)}::jsonb)
      as t(blueprint text, identifier text, property text, due timestamptz, at timestamptz)
    order by t.blueprint, t.identifier, t.property
    on conflict (org_id, blueprint, identifier, property) do update
      set due_at = excluded.due_at, told_at = excluded.told_at
      where entity_timer.due_at <> excluded.due_at`.execute(db);
}

/** A property that becomes a timer, or is one no longer. */
async function rememberBlueprint(
  { db, orgId }: ReaderContext,
  graph: CatalogGraph,
  blueprint: string,
  at: Date,
): Promise<void> {
  const document = graph.documents.get(blueprint);
  const keys = document === undefined ? [] : timerKeys(document);
  await sql`
    delete from entity_timer where org_id = ${orgId} and blueprint = ${blueprint}
      and property <> all(${[...keys]}::text[])`.execute(db);
  if (keys.length === 0) return;
  const value = sql`(e.properties -> key.name)`;
  await sql`
    insert into entity_timer (org_id, blueprint, identifier, property, due_at, told_at)
    select ${orgId}, ${blueprint}, found.identifier, found.property, found.due,
           case when found.due <= ${at} then ${at}::timestamptz end
    from (
      select e.identifier, key.name as property,
             ${instantOf(sql`(e.properties ->> key.name)`, sql`jsonb_typeof(${value})`)} as due
      from entity e cross join unnest(${[...keys]}::text[]) as key(name)
      where e.org_id = ${orgId} and e.blueprint = ${blueprint} and e.properties ? key.name
    ) as found
    where found.due is not null
    order by found.identifier, found.property
    on conflict do nothing`.execute(db);
}
