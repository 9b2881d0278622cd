import { sql } from 'kysely';
import type { Actor } from '#platform/commands/actor.ts';
import type { DocumentSigner } from '#platform/crypto/document-signer.ts';
import type { Db } from '#platform/db/handles.ts';
import { type EventRow, toLoggedEvent } from '#platform/events/read-events.ts';
import { approvalDocument } from './approval-events.ts';
import { delegationsOf, getApproval, votesOf } from './approval-queries.ts';
import { canonicalJson } from './approval-rules.ts';

const recordFormat = 'quayside.approval-record/1';

export interface SignedRecord {
  readonly record: Readonly<Record<string, unknown>>;
  readonly signature: {
    readonly algorithm: string;
    readonly keyId: string;
    readonly publicKey: string;
    readonly value: string;
  };
}

/**
 * What was asked, who answered and how it ended, with the events of the log that say so. Signed over the record's
 * canonical JSON (sorted keys, nothing between), so that an auditor checks it without this installation.
 */
export async function exportRecord(
  db: Db,
  signer: DocumentSigner,
  request: { readonly actor: Actor; readonly id: string; readonly now: Date },
): Promise<SignedRecord> {
  const { orgId } = request.actor;
  const approval = await getApproval(db, request.actor, request.id);
  const events = await sql<EventRow>`
    select * from event where org_id = ${orgId} and subject = ${`approval:${approval.id}`} and status = 'SUCCESS'
    order by number`.execute(db);
  const content = {
    format: recordFormat,
    organisation: orgId,
    approval: approvalDocument(approval),
    votes: await votesOf(db, orgId, approval.id),
    delegations: await delegationsOf(db, orgId, approval.id),
    events: events.rows.map(toLoggedEvent).map(({ id, number, kind, at, actor, origin }) => ({
      id,
      number,
      kind,
      at,
      actor: { kind: actor.kind, id: actor.id },
      origin,
    })),
    issuedAt: request.now,
  };
  // As it is read again: dates are texts by then.
  const record = JSON.parse(JSON.stringify(content)) as Record<string, unknown>;
  const { algorithm, keyId, publicKey } = signer;
  return { record, signature: { algorithm, keyId, publicKey, value: signer.sign(canonicalJson(record)) } };
}

/** Whether a record is as this installation signed it. */
export function verifyRecord(signer: DocumentSigner, { record, signature }: SignedRecord): boolean {
  return signature.keyId === signer.keyId && signer.verify(canonicalJson(record), signature.value);
}
