import { type RawBuilder, sql } from 'kysely';
import type { ScoreSource } from '#catalog/apply-changes.ts';
import type { BlueprintDocument } from '#catalog/blueprint-document.ts';
import type { Scoring } from '#catalog/entity-queries.ts';
import { bindRules } from '#catalog/rules/bind-rules.ts';
import { compileRules } from '#catalog/rules/compile-rules.ts';
import { firstAfter, turningPoints } from '#catalog/rules/next-change.ts';
import { parseScorecardConditions } from '#catalog/rules/parse-rules.ts';
import type { Clock } from '#platform/clock.ts';
import type { JsonObject } from '#platform/json.ts';
import { type ExemptionMark, type ExemptionMarks, marksOf } from './exemption.ts';
import { activeExemptions } from './exemption-queries.ts';
import type { ScorecardDefinition } from './scorecard.ts';
import { dependsOnTime } from './scorecard-rules.ts';
import { scorecardsOf } from './scorecard-queries.ts';

type Sql<Value = unknown> = RawBuilder<Value>;

/**
 * What scorecards say of an entity. Read and compiled once for each state of the blueprint, which a change of its
 * scorecards renews (`refreshRevision`); whoever asks holds the blueprint, so its scorecards are those of that state.
 */
export function createScoreSource(clock: Clock): ScoreSource {
  const compiled = new WeakMap<BlueprintDocument, () => Scoring | null>();
  return async (db, orgId, blueprint) => {
    const known = compiled.get(blueprint);
    if (known !== undefined) return known();
    const documents = (await scorecardsOf(db, orgId, blueprint.identifier)).map(({ document }) => document);
    const exemptions = await activeExemptions(db, orgId, blueprint.identifier);
    const compile = (): Scoring | null => {
      const now = clock.now();
      const scores = compileScores(documents, blueprint, { now, exemptions: marksOf(exemptions, now) });
      return scores === null ? null : { scores, changeAt: compileChange(documents, blueprint, now) };
    };
    const once = documents.some(dependsOnTime) ? null : compile();
    const scores = documents.some(dependsOnTime) ? compile : () => once;
    compiled.set(blueprint, scores);
    return scores();
  };
}

/**
 * One jsonb expression over a row `e`: `{<scorecard>: {rules: [{identifier, status, level}], level}}`, without the
 * scorecards whose filter the entity does not match. Null when there are none at all.
 */
export function compileScores(
  scorecards: readonly ScorecardDefinition[],
  blueprint: BlueprintDocument,
  { now, exemptions = new Map() }: { readonly now: Date; readonly exemptions?: ExemptionMarks },
): Sql | null {
  if (scorecards.length === 0) return null;
  const holds = (query: JsonObject): Sql<boolean> => {
    const bound = bindRules(parseScorecardConditions(query, ''), blueprint, 'scorecard');
    return sql`(${compileRules(bound, { dialect: 'scorecard', now })}) is true`;
  };
  const parts = scorecards.map((scorecard) => scoreOf(scorecard, holds, exemptions.get(scorecard.identifier)));
  return sql`(${sql.join(parts, sql` || `)})`;
}

/** When the answer of a filter or a rule may next be another by itself; null where time changes nothing. */
function compileChange(
  scorecards: readonly ScorecardDefinition[],
  blueprint: BlueprintDocument,
  now: Date,
): Sql<Date | null> | null {
  const queries = scorecards.flatMap(({ filter, rules }) => [filter, ...rules.map(({ query }) => query)]);
  const points = queries
    .filter((query) => query !== undefined)
    .flatMap((query) => turningPoints(bindRules(parseScorecardConditions(query, ''), blueprint, 'scorecard')));
  return points.length === 0 ? null : firstAfter(points, now);
}

function scoreOf(
  { identifier, filter, levels, rules }: ScorecardDefinition,
  holds: (query: JsonObject) => Sql<boolean>,
  exempt: ReadonlyMap<string, EntityMarks> = new Map(),
): Sql {
  // Each condition is named once, so that results and level are made from one answer.
  const answers = rules.map((rule, index) => {
    const marks = exempt.get(rule.identifier) ?? null;
    return { ...rule, marks, name: sql.ref(`r${index}`), holds: answerOf(holds(rule.query), marks) };
  });
  const score = sql`jsonb_build_object(${identifier}::text, jsonb_build_object(
    'rules', ${ruleResults(answers)}, 'level', ${levelReached(
      levels.map((level) => level.title),
      answers,
    )}))`;
  const scored =
    answers.length === 0
      ? score
      : sql`(select ${score} from (select ${sql.join(answers.map(({ name, holds: answer }) => sql`${answer} as ${name}`))} offset 0) as answer)`;
  return filter === undefined ? scored : sql`case when ${holds(filter)} then ${scored} else '{}'::jsonb end`;
}

type EntityMarks = Readonly<Record<string, ExemptionMark>>;

/** A rule that an entity is exempt from counts as passed; null says that it does so by itself. */
function answerOf(holds: Sql<boolean>, marks: EntityMarks | null): Sql {
  if (marks === null) return holds;
  return sql`(case when ${holds} then null else coalesce(${JSON.stringify(marks)}::jsonb -> e.identifier, 'false'::jsonb) end)`;
}

interface Answer {
  readonly identifier: string;
  readonly level: string;
  readonly name: Sql;
  /** Of entities that are exempt from it; its answer then says by which exemption it was passed. */
  readonly marks: EntityMarks | null;
}

function passes({ name, marks }: Answer): Sql {
  return marks === null ? name : sql`(${name} is distinct from 'false'::jsonb)`;
}

/** Functions take 100 arguments at most, so long lists are put together. */
const argumentLimit = 50;

function ruleResults(answers: readonly Answer[]): Sql {
  const items = answers.map((answer) => {
    const { identifier, level, name, marks } = answer;
    const result = (status: string): Sql => sql`${JSON.stringify({ identifier, status, level })}::jsonb`;
    const plain = sql`case when ${passes(answer)} then ${result('SUCCESS')} else ${result('FAILURE')} end`;
    if (marks === null) return plain;
    const marked = sql`${result('SUCCESS')} || jsonb_build_object('exemption', ${name})`;
    return sql`case when jsonb_typeof(${name}) = 'object' then ${marked} else ${plain} end`;
  });
  const lists: Sql[] = [];
  for (let start = 0; start < items.length; start += argumentLimit) {
    lists.push(sql`jsonb_build_array(${sql.join(items.slice(start, start + argumentLimit))})`);
  }
  return lists.length === 0 ? sql`'[]'::jsonb` : sql`(${sql.join(lists, sql` || `)})`;
}

/**
 * Levels are walked from below. A level with rules is reached when all of them pass; the first one that fails ends
 * the walk. A level without rules neither blocks nor is granted, except the first, where everybody stands.
 */
function levelReached(titles: readonly string[], answers: readonly Answer[]): Sql {
  let standing = titles[0] ?? '';
  const failures: Sql[] = [];
  for (const title of titles) {
    const own = answers.filter((answer) => answer.level === title);
    if (own.length === 0) continue;
    failures.push(
      sql`when not (${sql.join(
        own.map((answer) => passes(answer)),
        sql` and `,
      )}) then ${standing}::text`,
    );
    standing = title;
  }
  return failures.length === 0
    ? sql`${standing}::text`
    : sql`case ${sql.join(failures, sql` `)} else ${standing}::text end`;
}
