import { authorize } from '#access/permissions.ts';
import type { Blueprints } from '#catalog/blueprint-queries.ts';
import { checkVersion } from '#catalog/check-version.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import { problem } from '#platform/problem.ts';
import type { ScorecardBody, ScorecardPatch, ScorecardReplacement } from './contract.ts';
import type { Scorecard } from './scorecard.ts';
import { scorecardEvent } from './scorecard-events.ts';
import { scorecardsOf, unknownScorecard } from './scorecard-queries.ts';
import {
  defineScorecard,
  isSameDefinition,
  refuseRepeatedScorecards,
  refuseTooManyConditions,
} from './scorecard-rules.ts';
import { deleteScorecardRow, insertScorecard, updateScorecard } from './scorecard-store.ts';

interface OfBlueprint {
  readonly blueprint: string;
}

/**
 * The scorecards of a blueprint as they are, for changing them. The blueprint's lock waits for entities that are
 * being written with these scorecards, and lets no other be written before this transaction ends.
 */
async function loadSet(ctx: WriteContext, blueprints: Blueprints, blueprint: string): Promise<readonly Scorecard[]> {
  authorize(ctx.actor, 'scorecard.write', { blueprint });
  await blueprints.lock(ctx.db, ctx.actor.orgId, blueprint);
  return scorecardsOf(ctx.db, ctx.actor.orgId, blueprint);
}

/** POST. */
export function createScorecard(blueprints: Blueprints): Command<OfBlueprint & { body: ScorecardBody }, Scorecard> {
  return async function createScorecardCommand(ctx, { blueprint, body }) {
    const set = await loadSet(ctx, blueprints, blueprint);
    const definition = defineScorecard(body);
    const { identifier } = definition;
    if (set.some(({ document }) => document.identifier === identifier)) {
      throw problem(
        'conflict',
        'identifier_taken',
        `A scorecard with identifier "${identifier}" exists already in blueprint "${blueprint}".`,
        { resource: 'scorecard', blueprint, identifier },
      );
    }
    refuseTooManyConditions([...set.map((scorecard) => scorecard.document), definition]);
    const created = await insertScorecard(ctx, blueprint, definition);
    ctx.emit(scorecardEvent({ before: null, after: created.document }));
    return created;
  };
}

interface ChangeScorecardInput<Body> extends OfBlueprint {
  readonly identifier: string;
  readonly body: Body;
  readonly expectedVersion: number | null;
}

export type ReplaceScorecardInput = ChangeScorecardInput<ScorecardReplacement>;
export type PatchScorecardInput = ChangeScorecardInput<ScorecardPatch>;

/** PUT of one. */
export function replaceScorecard(blueprints: Blueprints): Command<ReplaceScorecardInput, Scorecard> {
  return maybeSilent(async function replaceScorecardCommand(ctx: WriteContext, input: ReplaceScorecardInput) {
    return changeScorecard(ctx, blueprints, input, () => input.body);
  });
}

/** PATCH of one. */
export function patchScorecard(blueprints: Blueprints): Command<PatchScorecardInput, Scorecard> {
  return maybeSilent(async function patchScorecardCommand(ctx: WriteContext, input: PatchScorecardInput) {
    return changeScorecard(ctx, blueprints, input, ({ title, filter, properties, levels, rules }) => {
      const parts = { title, filter, properties, levels, rules };
      const kept = Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
      return { ...kept, ...input.body } as ScorecardReplacement;
    });
  });
}

async function changeScorecard(
  ctx: WriteContext,
  blueprints: Blueprints,
  input: ChangeScorecardInput<unknown>,
  next: (before: Scorecard['document']) => ScorecardReplacement,
): Promise<Scorecard> {
  const { blueprint, identifier } = input;
  const set = await loadSet(ctx, blueprints, blueprint);
  const before = set.find(({ document }) => document.identifier === identifier);
  if (before === undefined) throw unknownScorecard(blueprint, identifier);
  const body = next(before.document);
  checkVersion('scorecard', before.version, input.expectedVersion);
  if (body.identifier !== undefined && body.identifier !== identifier) {
    throw problem('invalid', 'invalid_request', `The identifier of scorecard "${identifier}" cannot be changed.`, {
      errors: [{ path: 'identifier', message: 'cannot be changed' }],
    });
  }
  const definition = defineScorecard({ ...body, identifier });
  if (isSameDefinition(before.document, definition)) return before;
  const others = set.filter((scorecard) => scorecard !== before).map((scorecard) => scorecard.document);
  refuseTooManyConditions([...others, definition]);
  const after = await updateScorecard(ctx, before, definition);
  ctx.emit(scorecardEvent({ before: before.document, after: after.document }));
  return after;
}

interface ReplaceSetInput extends OfBlueprint {
  readonly body: readonly ScorecardBody[];
}

/** PUT of the collection: what is not in the list is deleted. */
export function replaceScorecards(blueprints: Blueprints): Command<ReplaceSetInput, readonly Scorecard[]> {
  return maybeSilent(async function replaceScorecardsCommand(ctx: WriteContext, input: ReplaceSetInput) {
    const { blueprint, body } = input;
    const before = new Map(
      (await loadSet(ctx, blueprints, blueprint)).map((scorecard) => [scorecard.document.identifier, scorecard]),
    );
    const definitions = body.map((item, index) => defineScorecard(item, `[${index}]`));
    refuseRepeatedScorecards(definitions.map((definition) => definition.identifier));
    refuseTooManyConditions(definitions);
    const kept = new Set(definitions.map((definition) => definition.identifier));
    for (const { document } of before.values()) {
      if (!kept.has(document.identifier)) await removeScorecard(ctx, document);
    }
    for (const definition of definitions) {
      const old = before.get(definition.identifier);
      if (old !== undefined && isSameDefinition(old.document, definition)) continue;
      const saved =
        old === undefined
          ? await insertScorecard(ctx, blueprint, definition)
          : await updateScorecard(ctx, old, definition);
      ctx.emit(scorecardEvent({ before: old?.document ?? null, after: saved.document }));
    }
    return scorecardsOf(ctx.db, ctx.actor.orgId, blueprint);
  });
}

export interface DeleteScorecardInput extends OfBlueprint {
  readonly identifier: string;
  readonly expectedVersion: number | null;
}

export function deleteScorecard(blueprints: Blueprints): Command<DeleteScorecardInput, void> {
  return async function deleteScorecardCommand(ctx, { blueprint, identifier, expectedVersion }) {
    const set = await loadSet(ctx, blueprints, blueprint);
    const found = set.find(({ document }) => document.identifier === identifier);
    if (found === undefined) throw unknownScorecard(blueprint, identifier);
    checkVersion('scorecard', found.version, expectedVersion);
    await removeScorecard(ctx, found.document);
  };
}

/** The scorecards of a blueprint that is about to be deleted; its row is locked. */
export async function removeScorecardsOf(ctx: WriteContext, blueprint: string): Promise<void> {
  for (const { document } of await scorecardsOf(ctx.db, ctx.actor.orgId, blueprint)) {
    await removeScorecard(ctx, document);
  }
}

async function removeScorecard(ctx: WriteContext, document: Scorecard['document']): Promise<void> {
  await deleteScorecardRow(ctx, document.blueprint, document.identifier);
  ctx.emit(scorecardEvent({ before: document, after: null }));
}
