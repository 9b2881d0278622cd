import { sql } from 'kysely';
import {
  type Mention,
  mentionsOf,
  type RenamedBlueprint,
  renameInObject,
} from '#catalog/rename/rename-in-documents.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { jsonEqual } from '#platform/json.ts';
import { allScorecards } from './scorecard-queries.ts';
import { withoutStamps } from './scorecard-rules.ts';
import { scorecardEvent } from './scorecard-events.ts';
import { updateScorecard } from './scorecard-store.ts';

/** Scorecards of a renamed blueprint are there already; rules that name it, and exemptions, follow. */
export async function followBlueprint(ctx: WriteContext, rename: RenamedBlueprint): Promise<readonly Mention[]> {
  const { orgId } = ctx.actor;
  for (const table of [sql`rule_exemption`, sql`exemption_policy`]) {
    await sql`
      update ${table} set blueprint = ${rename.to}
      where org_id = ${orgId} and blueprint = ${rename.from}`.execute(ctx.db);
  }
  const mentions: Mention[] = [];
  for (const before of await allScorecards(ctx.db, orgId)) {
    const { blueprint } = before.document;
    const definition = withoutStamps(before.document);
    const next = renameInObject(definition, rename);
    mentions.push(...mentionsOf('scorecard', `${blueprint}/${definition.identifier}`, next, rename));
    if (jsonEqual(next, definition)) continue;
    const after = await updateScorecard(ctx, before, next);
    ctx.emit(scorecardEvent({ before: before.document, after: after.document }));
  }
  return mentions;
}
