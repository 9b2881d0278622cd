import type { Caller } from '#platform/commands/command-runner.ts';
import type { Core } from '#platform/core.ts';
import type { EntityParts } from '../apply-changes.ts';
import { refuseProtected } from '../people/structure-rules.ts';
import { batchSize } from './advance-bulk.ts';
import { type BulkEdit, type BulkFailure, type BulkScope, type BulkWork, checkBulkWork } from './bulk-change-rules.ts';
import { planScope, readIdentifiers, readScopeState, type ScopeState } from './plan-scope.ts';
import { type BulkDeletionPreview, previewDeletion } from './preview-deletion.ts';
import { type EntityChange, previewEdit } from './preview-edit.ts';

/** So many are looked at one by one; of the rest only the number is told. */
const mostChecked = 1_000;
const mostShown = 50;

export interface BulkPreview extends ScopeState {
  /** How many of them were gone through. */
  readonly checked: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly refused: number;
  /** The first of them, with what differs. */
  readonly changes: readonly EntityChange[];
  readonly refusals: readonly BulkFailure[];
  readonly deletion?: Pick<BulkDeletionPreview, 'deleted' | 'released' | 'complete'>;
}

interface Asked {
  readonly caller: Caller;
  readonly blueprint: string;
  readonly scope: BulkScope;
  readonly change: BulkWork;
}

/** What a bulk change would do right now. */
export async function previewBulk(core: Core, parts: EntityParts, asked: Asked): Promise<BulkPreview> {
  const { caller, blueprint, scope, change } = asked;
  const { actor } = caller;
  checkBulkWork(change);
  if (change.kind === 'delete') refuseProtected(blueprint, 'its entities are deleted by name');
  const { document } = await parts.blueprints.get(core.db, actor.orgId, blueprint);
  const condition = await planScope(core, actor, document, scope);
  const { count, state } = await readScopeState(core.db, condition);
  const identifiers = await readIdentifiers(core.db, condition, { after: null, limit: mostChecked });
  const counted = { count, state, checked: identifiers.length };
  if (change.kind === 'edit') {
    return { ...counted, ...(await checkEdit(core, parts, { caller, blueprint, identifiers, change })) };
  }
  const all = await parts.blueprints.all(core.db, actor.orgId);
  const blueprints = new Map(all.map((one) => [one.document.identifier, one]));
  const { dependents } = change;
  const found = await previewDeletion(core.db, { actor, blueprints, blueprint, identifiers, dependents });
  const { deleted, released, complete } = found;
  return {
    ...counted,
    changed: found.removed.length,
    unchanged: 0,
    refused: found.refused.length,
    changes: [],
    refusals: found.refused.slice(0, mostShown),
    deletion: { deleted, released, complete: complete && identifiers.length === count },
  };
}

async function checkEdit(
  core: Core,
  parts: EntityParts,
  {
    caller,
    blueprint,
    identifiers,
    change,
  }: {
    readonly caller: Caller;
    readonly blueprint: string;
    readonly identifiers: readonly string[];
    readonly change: BulkEdit;
  },
): Promise<Omit<BulkPreview, keyof ScopeState | 'checked'>> {
  const command = previewEdit(parts);
  const sum = { changed: 0, unchanged: 0, refused: 0 };
  const changes: EntityChange[] = [];
  const refusals: BulkFailure[] = [];
  for (let from = 0; from < identifiers.length; from += batchSize) {
    const batch = { blueprint, identifiers: identifiers.slice(from, from + batchSize), change };
    const found = await core.runner.execute(caller, command, batch);
    sum.changed += found.changed.length;
    sum.unchanged += found.unchanged.length;
    sum.refused += found.refused.length;
    changes.push(...found.changed.slice(0, mostShown - changes.length));
    refusals.push(...found.refused.slice(0, mostShown - refusals.length));
  }
  return { ...sum, changes, refusals };
}
