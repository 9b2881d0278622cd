import { sql } from 'kysely';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import { visibleEntities } from '#catalog/visibility-queries.ts';
import { type ReminderSelection, type ScoredEntity, selectReminder } from './reminder-rules.ts';
import type { ScorecardDocument } from './scorecard.ts';
import { scoredBy } from './summary-queries.ts';

/** As many as people will read; the rest are counted. */
const listed = 500;

/** Whom a reminder is about: entities below the last level that fail a rule, those closest to done listed first. */
export async function readReminder(
  db: Db,
  actor: Actor,
  scorecard: ScorecardDocument,
  appUrl: string,
): Promise<ReminderSelection> {
  const { blueprint, identifier } = scorecard;
  const unmet = sql`${await scoredBy(db, actor, scorecard)}
    and e.scorecards -> ${identifier}::text ->> 'level' <> ${scorecard.levels.at(-1)?.title ?? ''}
    and e.scorecards -> ${identifier}::text -> 'rules' @> '[{"status":"FAILURE"}]'`;
  const found = await sql<ScoredEntity>`
    select e.identifier, e.title, e.team,
           jsonb_build_object(${identifier}::text, e.scorecards -> ${identifier}::text) as scorecards
    from entity e where ${unmet}
    order by jsonb_array_length(
      jsonb_path_query_array(e.scorecards -> ${identifier}::text -> 'rules', '$[*] ? (@.status == "SUCCESS")')) desc,
      lower(left(e.title, 200)), e.identifier limit ${listed}`.execute(db);
  const counts = await sql<{ entityCount: number; unmetCount: number }>`
    select count(*) as "entityCount", count(*) filter (where ${unmet}) as "unmetCount" from entity e
    where e.org_id = ${actor.orgId} and e.blueprint = ${blueprint} and ${await visibleEntities(db, actor)}`.execute(db);
  const selection = selectReminder(found.rows, scorecard, { blueprint, appUrl });
  return { ...selection, ...counts.rows[0] };
}
