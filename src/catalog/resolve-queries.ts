import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { isJsonObject } from '#platform/json.ts';
import { notFound, Problem, problem } from '#platform/problem.ts';
import type { EntityParts } from './apply-changes.ts';
import { type BlueprintDocument, definitionOf, isDerivedKey } from './blueprint-document.ts';
import type { EntityInput } from './entity-rules.ts';
import { planSearch, searchSetting } from './plan-search.ts';
import { resolveContexts } from './resolve-contexts.ts';
import { parseSentRules } from './rules/refuse-extra-keys.ts';
import type { Rule, RuleGroup, RuleNode } from './rules/rule.ts';

/** An entity of a call without queries, or why one of them found nothing that can be used. */
export interface Resolved {
  readonly entity: EntityInput;
  readonly refusal: Problem | null;
}

const operators: ReadonlySet<string> = new Set(['=', 'in', 'contains', 'containsAny']);
const relatedLimit = 100;

/**
 * Looks up what a call names by what it is like: an identifier, which exactly one entity has to match, and relations,
 * where nothing found is nothing related.
 */
export async function resolveQueries(
  ctx: WriteContext,
  parts: Pick<EntityParts, 'blueprints'>,
  blueprint: BlueprintDocument,
  entity: EntityInput,
): Promise<Resolved> {
  if (!isJsonObject(entity)) return { entity, refusal: null };
  const relations = isJsonObject(entity.relations) ? Object.entries(entity.relations) : [];
  const queries = relations.filter(([, value]) => isJsonObject(value));
  const isAsked = isJsonObject(entity.identifier) || isJsonObject(entity.team);
  if (queries.length === 0 && !isAsked) return { entity, refusal: null };
  try {
    const found = isJsonObject(entity.identifier)
      ? { identifier: await resolveIdentifier(ctx, blueprint, entity.identifier) }
      : {};
    const related: [string, unknown][] = [];
    for (const [key, query] of queries) related.push([key, await resolveRelation(ctx, parts, blueprint, [key, query])]);
    const all = { ...Object.fromEntries(relations), ...Object.fromEntries(related) };
    const team = isJsonObject(entity.team) ? { team: await resolveTeam(ctx, parts, entity.team) } : {};
    return { entity: { ...entity, ...found, ...team, relations: all }, refusal: null };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { entity, refusal: error };
  }
}

async function resolveIdentifier(ctx: WriteContext, blueprint: BlueprintDocument, query: unknown): Promise<string> {
  const found = await findMatches(ctx, blueprint, { query, path: 'identifier', limit: 1 });
  const [identifier] = found;
  if (identifier === undefined) throw notFound('entity', 'unknown', { blueprint: blueprint.identifier });
  if (found.length === 1) return identifier;
  throw ambiguous('identifier', `matches more than one entity of blueprint "${blueprint.identifier}"`);
}

async function resolveRelation(
  ctx: WriteContext,
  parts: Pick<EntityParts, 'blueprints'>,
  blueprint: BlueprintDocument,
  [key, query]: readonly [string, unknown],
): Promise<string | readonly string[] | null> {
  const relation = definitionOf(blueprint.relations, key);
  if (relation === undefined) throw notFound('relation', key, { blueprint: blueprint.identifier });
  const { document } = await parts.blueprints.get(ctx.db, ctx.actor.orgId, relation.target);
  const path = `relations.${key}`;
  const limit = relation.many === true ? relatedLimit : 1;
  const found = await findMatches(ctx, document, { query, path, limit });
  if (found.length > limit) throw ambiguous(path, `matches more than ${limit} of the entities of "${relation.target}"`);
  return relation.many === true ? found : (found[0] ?? null);
}

async function resolveTeam(
  ctx: WriteContext,
  parts: Pick<EntityParts, 'blueprints'>,
  query: unknown,
): Promise<readonly string[]> {
  const { document } = await parts.blueprints.get(ctx.db, ctx.actor.orgId, '_team');
  const found = await findMatches(ctx, document, { query, path: 'team', limit: relatedLimit });
  if (found.length > relatedLimit) throw ambiguous('team', `matches more than ${relatedLimit} teams`);
  return found;
}

/** One more than the limit where there are more. */
async function findMatches(
  ctx: WriteContext,
  blueprint: BlueprintDocument,
  { query, path, limit }: { readonly query: unknown; readonly path: string; readonly limit: number },
): Promise<readonly string[]> {
  const rules = parseSentRules(query, path);
  checkRules(blueprint, rules, path);
  const { db, actor, now } = ctx;
  const setting = await searchSetting({ db, clock: { now: () => now } }, actor);
  const [group] = planSearch(await resolveContexts(db, actor, rules), [blueprint], setting);
  if (group === undefined) return [];
  const found = await sql<{ identifier: string }>`
    select e.identifier from entity e where ${group.condition} order by e.identifier limit ${limit + 1}`.execute(db);
  return found.rows.map((row) => row.identifier);
}

function checkRules(blueprint: BlueprintDocument, rules: RuleGroup, path: string): void {
  const flat = flatten(rules);
  if (flat.length === 0) throw ambiguous(path, 'must have at least one rule');
  for (const { operator, subject } of flat) {
    if (!operators.has(operator)) throw ambiguous(path, `may use only ${[...operators].join(', ')}, not ${operator}`);
    if (subject.kind === 'key' && isDerivedKey(blueprint, subject.key)) {
      throw ambiguous(path, `cannot look at "${subject.key}", which is computed: it may be a moment behind`);
    }
  }
}

function flatten(node: RuleNode): readonly Rule[] {
  return node.kind === 'group' ? node.rules.flatMap(flatten) : [node];
}

function ambiguous(path: string, message: string): Problem {
  return problem('invalid', 'invalid_request', `The query of ${path} ${message}.`, { errors: [{ path, message }] });
}
