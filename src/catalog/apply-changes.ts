import type { CreateServiceAccount } from '#access/create-service-account.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Tx } from '#platform/db/handles.ts';
import type { BlueprintDocument } from './blueprint-document.ts';
import type { Blueprints } from './blueprint-queries.ts';
import type { Derivation } from './derived/derive-entities.ts';
import { entityEvent } from './entity-events.ts';
import type { EntityRow, Scoring } from './entity-queries.ts';
import { type RelationChange, storeEntities, storeRelations } from './entity-store.ts';

/** Null when nothing is scored. Asked once per blueprint and write, inside the transaction that holds the blueprint. */
export type ScoreSource = (db: Tx, orgId: string, blueprint: BlueprintDocument) => Promise<Scoring | null>;

/** Refuses a write that names a run which is unknown (404) or has ended (400), and keeps the run from ending. */
export interface RunGate {
  readonly assertOpen: (db: Tx, orgId: string, runId: string) => Promise<void>;
}

/** What commands on entities are made of. */
export interface EntityParts {
  readonly blueprints: Blueprints;
  readonly scores: ScoreSource;
  readonly derivation: Derivation;
  readonly runGate: RunGate;
  /** Entities of `_user` may be programs. */
  readonly accounts: CreateServiceAccount;
}

/** Who writes, as far as it is remembered; null leaves what was remembered. */
export interface Provenance {
  readonly datasource: string | null;
  readonly runId: string | null;
}

/** Writes rows of one blueprint with what follows from them, and announces each; answers the rows as stored. */
export async function applyChanges(
  ctx: WriteContext,
  parts: EntityParts,
  write: {
    readonly blueprint: BlueprintDocument;
    readonly changes: readonly RelationChange[];
    readonly provenance: Provenance;
  },
): Promise<readonly EntityRow[]> {
  const { blueprint, changes, provenance } = write;
  if (changes.length === 0) return [];
  const rows = await parts.derivation.deriveWritten(ctx, blueprint, changes);
  const score = await parts.scores(ctx.db, ctx.actor.orgId, blueprint);
  const stored = await storeEntities(ctx, rows, score, provenance.datasource);
  await storeRelations(ctx, blueprint, changes);
  stored.forEach((after, index) => {
    const before = changes[index]?.before ?? null;
    ctx.emit(entityEvent(blueprint, { before, after }, provenance.runId));
  });
  return stored;
}
