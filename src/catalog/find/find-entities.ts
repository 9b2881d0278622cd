import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import { entityColumns, type EntityRow } from '../entity-queries.ts';
import { visibleEntities } from '../visibility-queries.ts';
import { folded, wordsAsked } from './cut-words.ts';

export interface FoundEntity extends EntityRow {
  readonly score: number;
}

/** Enough to rank well, few enough to rank at once. */
const candidates = 1_000;
const namedCandidates = 100;

/**
 * Entities of these blueprints that have all words, the closest first: by their name, by words in their name, by words
 * anywhere; those changed last first among equals.
 */
export async function findEntities(
  db: Db,
  actor: Actor,
  {
    text,
    blueprints,
    limit,
  }: { readonly text: string; readonly blueprints: readonly string[]; readonly limit: number },
): Promise<readonly FoundEntity[]> {
  const words = wordsAsked(text);
  if (words.length === 0 || blueprints.length === 0) return [];
  const names = [...blueprints];
  const query = words.map((word) => `'${word}':*`).join(' & ');
  const asked = folded(text.trim());
  const visible = await visibleEntities(db, actor);
  const named = (column: RawBuilder<unknown>, by: RawBuilder<unknown>): RawBuilder<unknown> => sql`
    (select e.blueprint, e.identifier from entity e
     where e.org_id = ${actor.orgId} and e.blueprint = any(${names}::text[]) and ${by} and ${visible}
     order by ${column} limit ${namedCandidates}::int)`;
  const found = await sql<FoundEntity>`
    with candidate as (
      (select e.blueprint, e.identifier from entity_words w
       join entity e on e.org_id = w.org_id and e.blueprint = w.blueprint and e.identifier = w.identifier
       where w.org_id = ${actor.orgId} and w.blueprint = any(${names}::text[]) and w.words @@ ${query}::tsquery
         and ${visible} limit ${candidates}::int)
      union
      ${named(sql`e.identifier`, sql`e.identifier = any(${[text.trim(), asked]}::text[])`)}
      union
      ${named(sql`lower(left(e.title, 200))`, sql`lower(left(e.title, 200)) = ${asked}`)}
    )
    select ${entityColumns}, ${scoreOf(asked, words)} as score
    from candidate join entity e on e.org_id = ${actor.orgId} and e.blueprint = candidate.blueprint
      and e.identifier = candidate.identifier
    order by score desc, e.updated_at desc, e.blueprint, e.identifier limit ${limit}`.execute(db);
  return found.rows;
}

function scoreOf(asked: string, words: readonly string[]): RawBuilder<number> {
  const title = sql`lower(e.title)`;
  const identifier = sql`lower(e.identifier)`;
  const both = sql`(${title} || ' ' || ${identifier})`;
  const all = sql.join(
    words.map((word) => sql`strpos(${both}, ${word}) > 0`),
    sql` and `,
  );
  return sql`case
    when ${title} = ${asked} or ${identifier} = ${asked} then 100
    when starts_with(${title}, ${asked}) then 80
    when starts_with(${identifier}, ${asked}) then 75
    when strpos(${both}, ' ' || ${asked}) > 0 or strpos(${both}, '-' || ${asked}) > 0 then 65
    when strpos(${both}, ${asked}) > 0 then 60
    when ${all} then 40
    else 10 end`;
}
