import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '#platform/db/handles.ts';
import type { Target } from '../relation-rules.ts';
import type { Hop } from './compile-plan.ts';

export interface Marking {
  readonly db: Tx;
  readonly orgId: string;
  readonly now: Date;
}

/** An entity to start from, and how many derived values in a row led to it. */
export interface Mark extends Target {
  readonly depth: number;
}

/** What already waits goes on waiting in its place; the shorter chain counts. */
async function insertStale({ db, orgId, now }: Marking, found: RawBuilder<unknown>): Promise<number> {
  const marked = await sql`
    insert into stale_entity (org_id, blueprint, identifier, depth, marked_at)
    select ${orgId}, found.blueprint, found.identifier, min(found.depth), ${now}
    from (${found}) as found
    group by found.blueprint, found.identifier order by found.blueprint, found.identifier
    on conflict (org_id, blueprint, identifier) do update
      set depth = least(stale_entity.depth, excluded.depth)`.execute(db);
  return Number(marked.numAffectedRows ?? 0);
}

function marksAsRelation(marks: readonly Mark[]): RawBuilder<unknown> {
  const rows = marks.map(({ blueprint, identifier, depth }) => ({ blueprint, identifier, depth }));
  return sql`(select m.blueprint collate "C" as blueprint, m.identifier collate "C" as identifier, m.depth
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as m(blueprint text, identifier text, depth int))`;
}

/** Marks these entities themselves. */
export async function markThese(marking: Marking, marks: readonly Mark[]): Promise<number> {
  if (marks.length === 0) return 0;
  return insertStale(marking, marksAsRelation(marks));
}

/** Marks the entities at the beginning of a path whose end, or whose place on the way, the marks are. */
export async function markSources(marking: Marking, hops: readonly Hop[], marks: readonly Mark[]): Promise<number> {
  const first = hops[0];
  if (marks.length === 0 || first === undefined) return 0;
  const joins = hops.toReversed().map((hop, index) => {
    const r = sql.ref(`r${index}`);
    const previous = index === 0 ? sql`m.identifier` : sql`${sql.ref(`r${index - 1}`)}.identifier`;
    return sql`join entity_relation ${r} on ${r}.org_id = ${marking.orgId}
      and ${r}.target_blueprint = ${hop.target} and ${r}.target = ${previous}
      and ${r}.blueprint = ${hop.blueprint} and ${r}.relation = ${hop.relation}`;
  });
  const end = sql.ref(`r${hops.length - 1}`);
  return insertStale(
    marking,
    sql`select ${first.blueprint}::text collate "C" as blueprint, ${end}.identifier, m.depth
      from ${marksAsRelation(marks)} as m ${sql.join(joins, sql` `)}`,
  );
}

/** Marks every entity of `owner` that one gets to from the marks, over relations among `within`, one way or the other. */
export async function markReached(
  marking: Marking,
  reach: { readonly owner: string; readonly within: readonly string[]; readonly direction: 'onward' | 'backward' },
  marks: readonly Mark[],
): Promise<number> {
  const inside = marks.filter((mark) => reach.within.includes(mark.blueprint));
  if (inside.length === 0) return 0;
  const { orgId } = marking;
  const step =
    reach.direction === 'onward'
      ? { from: sql`r.blueprint`, fromId: sql`r.identifier`, to: sql`r.target_blueprint`, toId: sql`r.target` }
      : { from: sql`r.target_blueprint`, fromId: sql`r.target`, to: sql`r.blueprint`, toId: sql`r.identifier` };
  const depth = Math.min(...inside.map((mark) => mark.depth));
  return insertStale(
    marking,
    sql`with recursive reached as (
        select m.blueprint, m.identifier from ${marksAsRelation(inside)} as m
        union
        select ${step.to}, ${step.toId} from reached w join entity_relation r on r.org_id = ${orgId}
          and ${step.from} = w.blueprint and ${step.fromId} = w.identifier
          and ${step.to} = any(${[...reach.within]}::text[])
      )
      select blueprint, identifier, ${depth}::int as depth from reached where blueprint = ${reach.owner}`,
  );
}
