import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import { isJsonObject, jsonEqual, type JsonObject } from '#platform/json.ts';
import type { EntityParts } from '../apply-changes.ts';
import { refuseUnknown } from '../blueprint-queries.ts';
import { toWireEntity, type WireEntity } from '../entity-queries.ts';
import { lockEntities } from '../entity-store.ts';
import { writeEntities } from '../write-entities.ts';
import { editInput, failureOf } from './advance-bulk.ts';
import type { BulkEdit, BulkFailure } from './bulk-change-rules.ts';

/** Where an entity would differ: a key, `$title` and its like, or `level:<scorecard>`; undefined where nothing is. */
export interface FieldChange {
  readonly key: string;
  readonly before: unknown;
  readonly after: unknown;
}

export interface EntityChange {
  readonly identifier: string;
  readonly title: string;
  readonly changes: readonly FieldChange[];
}

export interface EditPreview {
  readonly changed: readonly EntityChange[];
  readonly unchanged: readonly string[];
  readonly refused: readonly BulkFailure[];
}

export interface EditBatch {
  readonly blueprint: string;
  readonly identifiers: readonly string[];
  readonly change: BulkEdit;
}

/** Goes the whole way of the edit for some entities, writing nothing. */
export function previewEdit(parts: EntityParts): Command<EditBatch, EditPreview> {
  return maybeSilent(async function previewEditCommand(ctx: WriteContext, batch: EditBatch) {
    const { blueprint, identifiers } = batch;
    const held = (await parts.blueprints.hold(ctx.db, ctx.actor.orgId, [blueprint])).get(blueprint);
    if (held === undefined) return refuseUnknown(blueprint);
    const { entities, errors } = await writeEntities(parts)(ctx, editInput(batch, true));
    const rows = await lockEntities(ctx, blueprint, identifiers, 'change');
    const before = new Map(rows.map((row) => [row.identifier, toWireEntity(row, held.document)]));
    const compared = entities.map(({ identifier, entity }): EntityChange => {
      const old = before.get(identifier) ?? {};
      return { identifier, title: String(entity['title']), changes: differences(old, entity) };
    });
    return {
      changed: compared.filter((one) => one.changes.length > 0),
      unchanged: compared.filter((one) => one.changes.length === 0).map((one) => one.identifier),
      refused: errors.map(failureOf),
    };
  });
}

const metaFields = ['title', 'icon', 'team'] as const;

export function differences(before: WireEntity, after: WireEntity): readonly FieldChange[] {
  const [old, next] = [flattened(before), flattened(after)];
  return [...new Set([...old.keys(), ...next.keys()])]
    .filter((key) => !jsonEqual(old.get(key) ?? null, next.get(key) ?? null))
    .map((key) => ({ key, before: old.get(key), after: next.get(key) }));
}

function flattened(entity: WireEntity): ReadonlyMap<string, unknown> {
  const part = (name: string): [string, unknown][] => {
    const value = entity[name];
    return isJsonObject(value) ? Object.entries(value) : [];
  };
  return new Map<string, unknown>([
    ...metaFields.map((field): [string, unknown] => [`$${field}`, entity[field]]),
    ...part('properties'),
    ...part('relations'),
    ...part('scorecards').map(([key, score]): [string, unknown] => [`level:${key}`, (score as JsonObject)['level']]),
  ]);
}
