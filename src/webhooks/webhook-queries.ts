import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '#platform/db/handles.ts';
import type { JsonObject } from '#platform/json.ts';
import { notFound } from '#platform/problem.ts';
import type { Mapping, Security } from './contract.ts';

export interface WebhookDocument {
  readonly title: string;
  readonly enabled: boolean;
  readonly description?: string | null;
  readonly icon?: string | null;
  readonly integrationType: 'custom' | 'template';
  readonly mappings: readonly Mapping[];
  readonly security: Omit<Security, 'secret'>;
}

export interface Webhook {
  readonly orgId: string;
  readonly identifier: string;
  readonly key: string;
  readonly document: WebhookDocument;
  readonly sealedSecret: string | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly updatedAt: Date;
  readonly updatedBy: string;
}

const columns = sql`org_id as "orgId", identifier, key, document, sealed_secret as "sealedSecret", version,
  created_at as "createdAt", created_by as "createdBy", updated_at as "updatedAt", updated_by as "updatedBy"`;

/** Where senders post to; the key in it is all they need unless the webhook checks signatures. */
export function addressOf(publicUrl: string, key: string): string {
  return `${publicUrl}/hooks/in/${key}`;
}

export async function listWebhooks(db: Db, orgId: string): Promise<readonly Webhook[]> {
  const found = await sql<Webhook>`
    select ${columns} from incoming_webhook where org_id = ${orgId} order by identifier`.execute(db);
  return found.rows;
}

/** By identifier, or by key as Port's own interface does. */
export async function getWebhook(db: Db, orgId: string, name: string): Promise<Webhook> {
  return findByName(db, orgId, name, sql``);
}

/** The same, locked until the transaction ends. */
export async function lockWebhook(tx: Tx, orgId: string, name: string): Promise<Webhook> {
  return findByName(tx, orgId, name, sql`for update`);
}

async function findByName(db: Db | Tx, orgId: string, name: string, lock: RawBuilder<unknown>): Promise<Webhook> {
  const found = await sql<Webhook>`
    select ${columns} from incoming_webhook
    where org_id = ${orgId} and (identifier = ${name} or key = ${name}) order by identifier = ${name} desc limit 1 ${lock}`.execute(
    db,
  );
  return found.rows[0] ?? refuseUnknown(name);
}

export async function webhookByKey(db: Db, key: string): Promise<Webhook | null> {
  const found = await sql<Webhook>`select ${columns} from incoming_webhook where key = ${key}`.execute(db);
  return found.rows[0] ?? null;
}

export function refuseUnknown(name: string): never {
  throw notFound('webhook', name);
}

/** As every route shows it: that there is a secret, and not which. */
export function toWireWebhook(webhook: Webhook, publicUrl: string): JsonObject {
  const { identifier, key, document, sealedSecret, createdAt, createdBy, updatedAt, updatedBy } = webhook;
  return {
    id: `webhook_${key.slice(0, 8)}`,
    identifier,
    ...document,
    security: { ...document.security, ...(sealedSecret === null ? {} : { secret: '********' }) },
    webhookKey: key,
    url: addressOf(publicUrl, key),
    createdAt: createdAt.toISOString(),
    createdBy,
    updatedAt: updatedAt.toISOString(),
    updatedBy,
  };
}

export interface StoredRequest {
  readonly id: string;
  readonly receivedAt: Date;
  readonly delivery: string | null;
  readonly state: 'waiting' | 'done' | 'failed' | 'dropped';
  readonly content: JsonObject;
  readonly outcome: JsonObject | null;
}

const requestsShown = 50;

/** The latest, newest first. */
export async function listRequests(db: Db, { orgId, identifier }: Webhook): Promise<readonly StoredRequest[]> {
  const found = await sql<StoredRequest>`
    select id, received_at as "receivedAt", delivery, state, content, outcome from incoming_request
    where org_id = ${orgId} and webhook = ${identifier} order by received_at desc, id limit ${requestsShown}`.execute(
    db,
  );
  return found.rows;
}
