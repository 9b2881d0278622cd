import { DatabaseError } from 'pg';
import { sql } from 'kysely';
import type { Blueprints } from '#catalog/blueprint-queries.ts';
import type { WireEntity } from '#catalog/entity-queries.ts';
import { findEntity } from '#catalog/list-entities.ts';
import { searchSetting } from '#catalog/plan-search.ts';
import { presentEntities } from '#catalog/present-entities.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { Core } from '#platform/core.ts';
import { notFound, Problem } from '#platform/problem.ts';
import { allScorecards } from '#scorecards/scorecard-queries.ts';
import { type ComputeSetting, computeWidget, type WidgetData } from './compute-widget.ts';
import { asksForEntity, filled, type TemplateWords, wordsOf } from './render-templates.ts';
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
  /** The one that the page is looked at for. */
  readonly entity?: EntityName | undefined;
}

export interface EntityName {
  readonly blueprint: string;
  readonly identifier: string;
}

interface PageParts {
  readonly core: Core;
  readonly blueprints: Blueprints;
}

const timeoutMs = 4_000;
const atOnce = 3;
/** What PostgreSQL answers when a statement took too long. */
const cancelled = '57014';

/** The answers in the order of the widgets. A filter that cannot be read is refused as a whole. */
export async function computePage(
  { core, blueprints }: PageParts,
  actor: Actor,
  input: ComputeInput,
): Promise<readonly WidgetAnswer[]> {
  const { db } = core;
  const [all, scorecards, search, entity] = await Promise.all([
    blueprints.all(db, actor.orgId),
    allScorecards(db, actor.orgId),
    searchSetting(core, actor),
    readEntity({ core, blueprints }, actor, input.entity),
  ]);
  const words = wordsOf(actor, entity);
  const filters = await Promise.all(
    input.filters
      // Without an entity that they are about they narrow nothing.
      .filter((filter) => entity !== null || !asksForEntity(filter))
      .map(async (filter, index) => readDataset(db, actor, filled(filter, words), `filters[${index}]`)),
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
    answers.push(...(await Promise.all(some.map(async (widget) => answerOf(core, setting, { widget, words })))));
  }
  return answers;
}

async function readEntity(
  { core: { db }, blueprints }: PageParts,
  actor: Actor,
  name: EntityName | undefined,
): Promise<WireEntity | null> {
  if (name === undefined) return null;
  const { blueprint, row } = await findEntity({ db, blueprints }, actor, name.blueprint, name.identifier);
  if (row === null) throw notFound('entity', name.identifier, { blueprint: name.blueprint });
  const [entity] = await presentEntities({ db, actor, options: {} }, [row], () => blueprint.document);
  return entity ?? null;
}

interface Asked {
  readonly widget: Widget;
  readonly words: TemplateWords;
}

async function answerOf(
  core: Core,
  setting: Omit<ComputeSetting, 'db'>,
  { widget, words }: Asked,
): Promise<WidgetAnswer> {
  try {
    const own = filled(widget, words);
    const data = await core.db.transaction().execute(async (tx) => {
      await sql`set local statement_timeout = ${sql.lit(timeoutMs)}`.execute(tx);
      return computeWidget({ ...setting, db: tx }, own);
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
