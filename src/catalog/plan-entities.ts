import type { WriteContext } from '#platform/commands/write-context.ts';
import { isJsonObject } from '#platform/json.ts';
import { notFound, Problem, problem, type ProblemKind } from '#platform/problem.ts';
import { type BlueprintDocument, ownsDirectly } from './blueprint-document.ts';
import { authorizeEntity } from './blueprint-permissions.ts';
import { type Blueprint, refuseUnknown } from './blueprint-queries.ts';
import { checkVersion } from './check-version.ts';
import type { EntityRow } from './entity-queries.ts';
import {
  checkEntityShape,
  decideEntity,
  type EntityInput,
  type EntityState,
  isSameState,
  writtenProperties,
  readIdentifier,
} from './entity-rules.ts';
import type { RelationChange } from './entity-store.ts';
import { mapTargets, readRelations, type Target, targetKey, targetsOf } from './relation-rules.ts';

export interface WriteEntitiesInput {
  readonly blueprint: string;
  readonly entities: readonly EntityInput[];
  /** POST knows its entity by the body's identifier; PUT and PATCH by the path's, and the body's then renames. */
  readonly identifier?: string;
  readonly ifExists: 'refuse' | 'replace' | 'merge';
  readonly ifMissing: 'create' | 'refuse';
  readonly validateOnly: boolean;
  readonly createMissingRelated: boolean;
  readonly runId: string | null;
  readonly datasource: string;
  readonly expectedVersion: number | null;
  /** Bulk calls are judged entity by entity, also where their shape is told. */
  readonly nullTexts?: 'refuse';
}

/** A Problem as data: the result of a command is kept as JSON under its Idempotency-Key. */
export interface FailedEntity {
  readonly index: number;
  readonly identifier: string;
  readonly kind: ProblemKind;
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** One entity of a call, read as far as that is possible without the database. */
export interface Draft {
  readonly index: number;
  readonly entity: EntityInput;
  readonly identifier: string;
  /** Differs from `identifier` when the entity is renamed. */
  readonly nextIdentifier: string;
  readonly targets: readonly Target[];
  readonly refusal: Problem | null;
}

/** What the plan is made on: the blueprint, and rows that are locked. */
export interface Ground {
  readonly blueprint: Blueprint;
  /** Blueprints whose entities may be created on the way. */
  readonly related: ReadonlyMap<string, Blueprint>;
  readonly rows: ReadonlyMap<string, EntityRow>;
  readonly targets: readonly Target[];
  /** Of those that the call names as owners, which there are. */
  readonly teams: ReadonlySet<string>;
  readonly drafts: readonly Draft[];
}

export interface Plan {
  /** Rows of the blueprint as they are after the call, scores apart. */
  readonly rows: ReadonlyMap<string, EntityRow>;
  readonly changes: ReadonlyMap<string, RelationChange>;
  /** Found as they should be. */
  readonly unchanged: readonly string[];
  /** Entities of other blueprints to create first. */
  readonly related: ReadonlyMap<string, EntityRow>;
  readonly rename: { readonly before: EntityRow; readonly identifier: string } | null;
  readonly written: readonly { readonly index: number; readonly identifier: string; readonly created: boolean }[];
  readonly errors: readonly FailedEntity[];
}

const givenNames = new WeakMap<EntityInput, string>();

/** The entity with an identifier. A command that starts over names what was sent without one as before. */
export function nameEntity(sent: EntityInput, entity: EntityInput): EntityInput {
  if (!isJsonObject(entity) || !isNameless(entity)) return entity;
  const identifier = givenNames.get(sent) ?? readIdentifier(undefined);
  givenNames.set(sent, identifier);
  return { ...entity, identifier };
}

function isNameless({ identifier }: EntityInput): boolean {
  return identifier === undefined || identifier === null || identifier === '';
}

export function draftEntity(
  blueprint: BlueprintDocument,
  input: WriteEntitiesInput,
  entity: EntityInput,
  index: number,
): Draft {
  const draft = { index, entity, identifier: 'unknown', nextIdentifier: 'unknown', targets: [], refusal: null };
  try {
    checkEntityShape(entity, input.nullTexts);
    const given = entity.identifier === '' ? undefined : entity.identifier;
    const identifier = input.identifier ?? readIdentifier(given);
    const renames = input.identifier !== undefined && given !== undefined && given !== null && given !== identifier;
    const nextIdentifier = renames ? readIdentifier(given) : identifier;
    const targets = targetsOf(blueprint, readRelations(blueprint, entity.relations ?? {}));
    return { ...draft, identifier, nextIdentifier, targets };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const named = isJsonObject(entity) && typeof entity.identifier === 'string' && entity.identifier !== '';
    return { ...draft, identifier: named ? String(entity.identifier) : 'unknown', refusal: error };
  }
}

interface Work {
  readonly ctx: WriteContext;
  readonly input: WriteEntitiesInput;
  readonly ground: Ground;
  readonly rows: Map<string, EntityRow>;
  readonly changes: Map<string, RelationChange>;
  readonly known: Set<string>;
  readonly related: Map<string, EntityRow>;
  rename: Plan['rename'];
}

/** Takes the entities of a call in order, each seeing those before it; one that cannot be written leaves no trace. */
export function planEntities(ctx: WriteContext, input: WriteEntitiesInput, ground: Ground): Plan {
  const { blueprint, rows, targets } = ground;
  const own = [...rows.keys()].map((identifier) => ({ blueprint: blueprint.document.identifier, identifier }));
  const work: Work = {
    ctx,
    input,
    ground,
    rows: new Map(rows),
    changes: new Map(),
    known: new Set([...own, ...targets].map(targetKey)),
    related: new Map(),
    rename: null,
  };
  const written: Plan['written'][number][] = [];
  const errors: FailedEntity[] = [];
  for (const draft of ground.drafts) {
    try {
      if (draft.refusal !== null) throw draft.refusal;
      written.push(planEntity(work, draft));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const { kind, code, message, details = {} } = error;
      errors.push({ index: draft.index, identifier: draft.identifier, kind, code, message, details });
    }
  }
  const unchanged = written.map(({ identifier }) => identifier).filter((identifier) => !work.changes.has(identifier));
  return {
    rows: work.rows,
    changes: work.changes,
    unchanged,
    related: work.related,
    rename: work.rename,
    written,
    errors,
  };
}

function planEntity(work: Work, draft: Draft): Plan['written'][number] {
  const { ctx, input, ground } = work;
  const { document } = ground.blueprint;
  const before = work.rows.get(draft.identifier) ?? null;
  checkExistence(work, draft, before);
  const decision = decideEntity({
    blueprint: document,
    identifier: draft.nextIdentifier,
    input: draft.entity,
    before,
    mode: input.ifExists === 'merge' ? 'merge' : 'replace',
  });
  authorizeEntity(ctx.actor, ground.blueprint, before === null ? 'register' : 'update', {
    before: before === null ? null : { ...before, properties: writtenProperties(document, before) },
    after: decision.state,
  });
  const self = targetKey({ blueprint: document.identifier, identifier: draft.nextIdentifier });
  refuseUnknownTeams(work, before, decision.state);
  const missing = decision.targets.filter((target) => !work.known.has(targetKey(target)) && targetKey(target) !== self);
  // All or none: what one target forbids must not leave another one behind.
  const created = missing.map((target) => relatedRow(work, target));
  for (const row of created) addRelated(work, row);
  work.known.add(self);
  const state = followRename(document, draft, decision.state);
  if (!isSameState(document, before, state)) recordChange(work, before, state);
  return { index: draft.index, identifier: draft.nextIdentifier, created: before === null };
}

/** Of a blueprint whose entities are owned: a team is related to like anything else, so it has to be there. */
function refuseUnknownTeams({ ground }: Work, before: EntityRow | null, state: EntityState): void {
  if (!ownsDirectly(ground.blueprint.document)) return;
  const missing = state.team
    .filter((team) => before?.team.includes(team) !== true)
    .find((team) => !ground.teams.has(team));
  if (missing !== undefined) throw notFound('entity', missing, { blueprint: '_team', relation: '$team' });
}

/** An entity that points at itself keeps doing so under its new identifier. */
function followRename(blueprint: BlueprintDocument, draft: Draft, state: EntityState): EntityState {
  if (draft.identifier === draft.nextIdentifier) return state;
  const self = targetKey({ blueprint: blueprint.identifier, identifier: draft.identifier });
  const relations = mapTargets(blueprint, state.relations, (target) =>
    targetKey(target) === self ? draft.nextIdentifier : target.identifier,
  );
  return { ...state, relations };
}

function checkExistence({ input, rows, ground }: Work, draft: Draft, before: EntityRow | null): void {
  const { identifier } = ground.blueprint.document;
  if (before === null) {
    if (input.ifMissing === 'refuse') throw notFound('entity', draft.identifier, { blueprint: identifier });
    return;
  }
  if (input.ifExists === 'refuse') throw identifierTaken(identifier, draft.identifier);
  checkVersion('entity', before.version, input.expectedVersion);
  if (draft.nextIdentifier !== draft.identifier && rows.has(draft.nextIdentifier)) {
    throw identifierTaken(identifier, draft.nextIdentifier);
  }
}

export function identifierTaken(blueprint: string, identifier: string): Problem {
  return problem(
    'conflict',
    'identifier_taken',
    `An entity with identifier "${identifier}" exists already in blueprint "${blueprint}".`,
    { resource: 'entity', blueprint, identifier },
  );
}

/** The entity that a relation lacks, if it may be created on the way. */
function relatedRow({ ctx, input, ground }: Work, target: Target & { readonly relation: string }): EntityRow {
  const unknown = notFound('entity', target.identifier, { blueprint: target.blueprint, relation: target.relation });
  // People and teams come into being by invitation alone.
  if (!input.createMissingRelated || ['_user', '_team'].includes(target.blueprint)) throw unknown;
  const blueprint = ground.related.get(target.blueprint) ?? refuseUnknown(target.blueprint);
  const identifier = readIdentifier(target.identifier);
  const { state } = decideEntity({
    blueprint: blueprint.document,
    identifier,
    input: {},
    before: null,
    mode: 'replace',
  });
  authorizeEntity(ctx.actor, blueprint, 'register', { before: null, after: state });
  return newRow(ctx, target.blueprint, null, state);
}

function addRelated(work: Work, row: EntityRow): void {
  work.known.add(targetKey(row));
  if (row.blueprint !== work.ground.blueprint.document.identifier) {
    work.related.set(targetKey(row), row);
    return;
  }
  work.rows.set(row.identifier, row);
  work.changes.set(row.identifier, { before: null, after: row });
}

/** Several changes of one entity in a call are one write and one event. */
function recordChange(work: Work, before: EntityRow | null, state: EntityState): void {
  const first =
    before === null
      ? null
      : (work.changes.get(before.identifier)?.before ?? work.ground.rows.get(before.identifier) ?? null);
  const after = newRow(work.ctx, work.ground.blueprint.document.identifier, first, state);
  if (before !== null && before.identifier !== state.identifier) {
    work.rename = { before, identifier: state.identifier };
    work.rows.delete(before.identifier);
  }
  work.rows.set(state.identifier, after);
  work.changes.set(state.identifier, { before: first, after });
}

export function newRow(ctx: WriteContext, blueprint: string, before: EntityRow | null, state: EntityState): EntityRow {
  return {
    ...state,
    blueprint,
    scorecards: null,
    version: (before?.version ?? 0) + 1,
    createdAt: before?.createdAt ?? ctx.now,
    createdBy: before?.createdBy ?? ctx.actor.id,
    updatedAt: ctx.now,
    updatedBy: ctx.actor.id,
  };
}
