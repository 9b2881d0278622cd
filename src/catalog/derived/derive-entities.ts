import type { Clock } from '#platform/clock.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { JqPool } from '#platform/jq/jq-pool.ts';
import { isJsonObject, jsonEqual, type JsonObject } from '#platform/json.ts';
import { type BlueprintDocument, hasDerived } from '../blueprint-document.ts';
import type { Blueprints } from '../blueprint-queries.ts';
import type { EntityRow } from '../entity-queries.ts';
import { writtenProperties } from '../entity-rules.ts';
import type { RelationChange } from '../entity-store.ts';
import { targetKey } from '../relation-rules.ts';
import { asksForTime, calculationsOf, type DerivedPlan } from './compile-plan.ts';
import { type Aggregated, computeAggregations, valuesOfNone } from './compute-aggregations.ts';
import { checkCalculations } from './check-calculations.ts';
import { type CalculatedValues, type Calculator, createCalculator } from './evaluate-calculations.ts';
import { type CatalogGraph, createGraphs, type Graphs } from './load-graph.ts';
import { type Expression, testCalculation, type TestedCalculation } from './test-calculation.ts';
import { parseTimedProgram, steadyFor } from './parse-timed-program.ts';
import { readWalks, type WalkValues } from './read-walks.ts';

export interface DerivedRows {
  readonly rows: readonly EntityRow[];
  /** When aggregations become others though nobody writes, by identifier. */
  readonly changeAt: ReadonlyMap<string, Date>;
}

/** Computes what blueprints say of their entities beside what people write: see `derived/README.md`. */
export interface Derivation {
  readonly graphs: Graphs;
  /** For other expressions over entities. */
  readonly jq: Pick<JqPool, 'evaluateBatch' | 'check'>;
  /** Rows of a write with what follows from them. Aggregations stay as they were: the refresh is right behind. */
  deriveWritten(
    ctx: WriteContext,
    blueprint: BlueprintDocument,
    changes: readonly RelationChange[],
  ): Promise<readonly EntityRow[]>;
  /** Stored rows with everything computed anew; calculations only where something they look at changed, unless told. */
  deriveAgain(
    ctx: WriteContext,
    blueprint: BlueprintDocument,
    rows: readonly EntityRow[],
    calculations: 'if-changed' | 'always',
  ): Promise<DerivedRows>;
  /** Of stored rows those for which an expression that asks for the time gives another value now. */
  findOutdated(blueprint: BlueprintDocument, rows: readonly EntityRow[], now: Date): Promise<readonly string[]>;
  /**
   * For how many seconds from an instant on no expression that asks for the time gives another value, entity by
   * entity; zero where one may at any time. Null where that cannot be said of the blueprint's expressions.
   */
  staysFor(
    blueprint: BlueprintDocument,
  ): ((rows: readonly EntityRow[], now: Date) => Promise<readonly number[]>) | null;
  /** Refuses expressions that do not compile, for when a blueprint is saved. */
  checkCalculations(definitions: unknown): Promise<void>;
  /** What an expression that is not saved gives over a stored entity. */
  testCalculation(expression: Expression, blueprint: BlueprintDocument, row: EntityRow): Promise<TestedCalculation>;
}

/** Of one blueprint, that are asked together for how long they stay. */
const mostTimed = 50;

export function createDerivation(options: {
  readonly blueprints: Blueprints;
  readonly jq: Pick<JqPool, 'evaluateBatch' | 'check'>;
  readonly clock: Clock;
}): Derivation {
  const graphs = createGraphs(options.blueprints);
  const calculator = createCalculator(options.jq, options.clock);
  return {
    graphs,
    jq: options.jq,
    async deriveWritten(ctx, blueprint, changes) {
      const rows = changes.map(({ after }) => after);
      if (!hasDerived(blueprint)) return rows;
      const graph = await graphs.load(ctx.db, ctx.actor.orgId);
      const plan = graph.plan(blueprint.identifier);
      const aggregated = changes.map(({ before }) => aggregationsOf(plan, before));
      const walked = await walkWritten(ctx, plan, rows);
      return combine(ctx, calculator, { blueprint, plan, rows, walked, aggregated });
    },
    async deriveAgain(ctx, blueprint, rows, calculations) {
      if (!hasDerived(blueprint)) {
        const written = rows.map((row) => ({ ...row, properties: writtenProperties(blueprint, row) }));
        return { rows: written, changeAt: new Map() };
      }
      const graph = await graphs.load(ctx.db, ctx.actor.orgId);
      return deriveStored(ctx, calculator, { blueprint, graph, rows, calculations });
    },
    async findOutdated(blueprint, rows, now) {
      const timed = calculationsOf(blueprint).filter(({ program }) => asksForTime(program));
      const inputs = rows.map((row) => calculationInput(blueprint, uncalculated(blueprint, row)));
      const values = await calculator.evaluateNow(timed, inputs, now);
      const keys = timed.map(({ key }) => key);
      return rows.flatMap((row, index) => {
        const value = values[index];
        return value === null || value === undefined || jsonEqual(value, pick(row.properties, keys))
          ? []
          : [row.identifier];
      });
    },
    staysFor(blueprint) {
      const timed = calculationsOf(blueprint).filter(({ program }) => asksForTime(program));
      const programs = timed.map(({ program }) => parseTimedProgram(program));
      const known = programs.filter((program) => program !== null);
      if (known.length < programs.length || known.length > mostTimed) return null;
      const program = steadyFor(known);
      return async (rows, now) => {
        const inputs = rows.map((row) => ({
          now: now.getTime() / 1000,
          entity: calculationInput(blueprint, uncalculated(blueprint, row)),
        }));
        const results = await options.jq.evaluateBatch([program], inputs);
        return results.map(([result]) => (result?.ok === true && typeof result.value === 'number' ? result.value : 0));
      };
    },
    checkCalculations: async (definitions) => checkCalculations(options.jq, definitions),
    testCalculation: async (expression, blueprint, row) => {
      return testCalculation(options.jq, expression, calculationInput(blueprint, uncalculated(blueprint, row)));
    },
  };
}

/** Of a new entity that which is true while nothing is related to it. */
function aggregationsOf({ aggregations }: DerivedPlan, before: EntityRow | null): JsonObject {
  const known = { ...valuesOfNone(aggregations), ...before?.properties };
  return pick(
    known,
    aggregations.map(({ key }) => key),
  );
}

function pick(values: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.filter((key) => Object.hasOwn(values, key)).map((key) => [key, values[key]]));
}

/** Entities of one write may look at each other, also at what is computed here: a second look sees the first's. */
async function walkWritten(
  ctx: WriteContext,
  plan: DerivedPlan,
  rows: readonly EntityRow[],
): Promise<readonly WalkValues[]> {
  if (plan.walks.length === 0) return rows.map(() => ({}));
  let seen = rows;
  let walked: readonly WalkValues[] = [];
  const looks = plan.walks.some((walk) => walk.hops.some((hop) => hop.target === rows[0]?.blueprint)) ? 3 : 1;
  for (let look = 0; look < looks; look += 1) {
    const overlay = new Map(seen.map((row) => [targetKey(row), row]));
    walked = await readWalks({ db: ctx.db, orgId: ctx.actor.orgId, overlay }, plan.walks, rows);
    seen = rows.map((row, index) => withWalked(row, plan, walked[index] ?? {}));
  }
  return walked;
}

function withWalked(row: EntityRow, plan: DerivedPlan, walked: WalkValues): EntityRow {
  const { $team, ...mirrors } = walked;
  const team = plan.inheritsTeam ? teamsIn($team) : row.team;
  return { ...row, team, properties: { ...row.properties, ...mirrors } };
}

function teamsIn(value: unknown): readonly string[] {
  const names: readonly unknown[] = Array.isArray(value) ? value : [];
  return [...new Set(names.filter((name) => typeof name === 'string'))];
}

interface Parts {
  readonly blueprint: BlueprintDocument;
  readonly plan: DerivedPlan;
  readonly rows: readonly EntityRow[];
  readonly walked: readonly WalkValues[];
  readonly aggregated: readonly JsonObject[];
}

async function combine(ctx: WriteContext, calculator: Calculator, parts: Parts): Promise<readonly EntityRow[]> {
  const rows = withoutCalculations(parts);
  const inputs = rows.map((row) => calculationInput(parts.blueprint, row));
  const calculated = await calculator.evaluate(ctx, parts.plan.calculations, inputs);
  return rows.map((row, index) => withValues(row, calculated[index] ?? {}));
}

function withoutCalculations({ blueprint, plan, rows, walked, aggregated }: Parts): readonly EntityRow[] {
  return rows.map((row, index) => {
    const own = { ...row, properties: { ...writtenProperties(blueprint, row), ...aggregated[index] } };
    return withWalked(own, plan, walked[index] ?? {});
  });
}

function withValues(row: EntityRow, calculated: CalculatedValues): EntityRow {
  return { ...row, properties: { ...row.properties, ...calculated } };
}

function uncalculated(blueprint: BlueprintDocument, row: EntityRow): EntityRow {
  const properties = Object.entries(row.properties).filter(
    ([key]) => !Object.hasOwn(blueprint.calculationProperties, key),
  );
  return { ...row, properties: Object.fromEntries(properties) };
}

/** The entity as expressions see it: without the values of calculations. */
function calculationInput(blueprint: BlueprintDocument, row: EntityRow): JsonObject {
  const relations = Object.entries(blueprint.relations).map(([key, { many }]) => {
    const value = Object.hasOwn(row.relations, key) ? row.relations[key] : many === true ? [] : null;
    return [key, value] as const;
  });
  return {
    identifier: row.identifier,
    title: row.title,
    icon: row.icon,
    team: row.team,
    blueprint: row.blueprint,
    properties: row.properties,
    relations: Object.fromEntries(relations),
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
    updatedAt: row.updatedAt.toISOString(),
    updatedBy: row.updatedBy,
  };
}

async function deriveStored(
  ctx: WriteContext,
  calculator: Calculator,
  given: {
    readonly blueprint: BlueprintDocument;
    readonly graph: CatalogGraph;
    readonly rows: readonly EntityRow[];
    readonly calculations: 'if-changed' | 'always';
  },
): Promise<DerivedRows> {
  const { blueprint, graph, rows } = given;
  const { orgId } = ctx.actor;
  const plan = graph.plan(blueprint.identifier);
  const owners = rows.map((row) => row.identifier);
  const ground = { db: ctx.db, orgId, now: ctx.now, graph };
  const { values, changeAt }: Aggregated =
    plan.aggregations.length === 0
      ? { values: new Map(), changeAt: new Map() }
      : await computeAggregations(ground, blueprint.identifier, owners);
  const aggregated = rows.map((row) => values.get(row.identifier) ?? {});
  const walked = await readWalks({ db: ctx.db, orgId, overlay: new Map() }, plan.walks, rows);
  const parts = { blueprint, plan, rows, walked, aggregated };
  if (given.calculations === 'always') return { rows: await combine(ctx, calculator, parts), changeAt };
  const keys = plan.calculations.map(({ key }) => key);
  const bare = withoutCalculations(parts);
  const isAsBefore = bare.map((row, index) => isSameApartFrom(keys, row, rows[index]));
  const kept = bare.map((row, index) => withValues(row, pick(rows[index]?.properties ?? {}, keys)));
  const changed = bare.flatMap((_, index) => (isAsBefore[index] === true ? [] : [index]));
  const at = <Item>(items: readonly Item[]): readonly Item[] => changed.flatMap((index) => items[index] ?? []);
  const again = await combine(ctx, calculator, {
    ...parts,
    rows: at(rows),
    walked: changed.map((index) => walked[index] ?? {}),
    aggregated: changed.map((index) => aggregated[index] ?? {}),
  });
  const anew = new Map(again.map((row) => [row.identifier, row]));
  return { rows: kept.map((row) => anew.get(row.identifier) ?? row), changeAt };
}

function isSameApartFrom(keys: readonly string[], row: EntityRow, before: EntityRow | undefined): boolean {
  if (before === undefined || !isJsonObject(before.properties)) return false;
  const rest = Object.fromEntries(Object.entries(before.properties).filter(([key]) => !keys.includes(key)));
  return jsonEqual(rest, row.properties) && jsonEqual(before.team, row.team);
}
