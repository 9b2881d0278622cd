import { DatabaseError } from 'pg';
import { sql } from 'kysely';
import type { Blueprints } from '#catalog/blueprint-queries.ts';
import { searchSetting } from '#catalog/plan-search.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Core } from '#platform/core.ts';
import { Problem } from '#platform/problem.ts';
import { allScorecards } from '#scorecards/scorecard-queries.ts';
import { type ComputeSetting, computeWidget, type WidgetData } from './compute-widget.ts';
import type { Widget } from './page.ts';
import { readDataset } from './plan-dataset.ts';

/** What a widget shows, or why it shows nothing; one that fails leaves the others as they are. */
export type WidgetAnswer =
  | ({ readonly ok: true } & WidgetData)
  | { readonly ok: false; readonly error: string; readonly message: string };

export interface ComputeInput {
  readonly widgets: readonly Widget[];
  /** Queries that narrow all of them. */
  readonly filters: readonly unknown[];
  readonly timeZone: string;
}

const timeoutMs = 4_000;
const atOnce = 3;
/** What PostgreSQL answers when a statement took too long. */
const cancelled = '57014';

/** The answers in the order of the widgets. A filter that cannot be read is refused as a whole. */
export async function computePage(
  { core, blueprints }: { readonly core: Core; readonly blueprints: Blueprints },
  actor: Actor,
  input: ComputeInput,
): Promise<readonly WidgetAnswer[]> {
  const { db } = core;
  const [all, scorecards, search] = await Promise.all([
    blueprints.all(db, actor.orgId),
    allScorecards(db, actor.orgId),
    searchSetting(core, actor),
  ]);
  const filters = await Promise.all(
    input.filters.map(async (filter, index) => readDataset(db, actor, filter, `filters[${index}]`)),
  );
  const setting = {
    actor,
    search,
    filters,
    timeZone: input.timeZone,
    blueprintCache: blueprints,
    blueprints: new Map(all.map(({ document }) => [document.identifier, document])),
    scorecards: new Set(scorecards.map(({ document }) => `${document.blueprint}/${document.identifier}`)),
  };
  const answers: WidgetAnswer[] = [];
  for (let from = 0; from < input.widgets.length; from += atOnce) {
    const some = input.widgets.slice(from, from + atOnce);
    answers.push(...(await Promise.all(some.map(async (widget) => answerOf(core, setting, widget)))));
  }
  return answers;
}

async function answerOf(core: Core, setting: Omit<ComputeSetting, 'db'>, widget: Widget): Promise<WidgetAnswer> {
  try {
    const data = await core.db.transaction().execute(async (tx) => {
      await sql`set local statement_timeout = ${sql.lit(timeoutMs)}`.execute(tx);
      return computeWidget({ ...setting, db: tx }, widget);
    });
    return { ok: true, ...data };
  } catch (error) {
    if (error instanceof Problem) return { ok: false, error: error.code, message: error.message };
    if (error instanceof DatabaseError && error.code === cancelled) {
      return {
        ok: false,
        error: 'too_slow',
        message: 'This took too long to compute. Narrow what the widget is about.',
      };
    }
    core.log.error({ err: error, widget: widget['id'] }, 'A widget could not be computed');
    return { ok: false, error: 'internal_error', message: 'This could not be computed.' };
  }
}
