import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { authorize } from '#access/permissions.ts';
import { checkVersion } from '#catalog/check-version.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import type { SecretBox, SecretPlace } from '#platform/crypto/secret-box.ts';
import { jsonEqual } from '#platform/json.ts';
import { identifierTaken, problem } from '#platform/problem.ts';
import type { Security, WebhookBody, WebhookPatch } from './contract.ts';
import { webhookEvent } from './webhook-events.ts';
import { getWebhook, lockWebhook, type Webhook, type WebhookDocument } from './webhook-queries.ts';

const webhookLimit = 500;
/** What answers show instead of a secret; a client that sends it back means the one there is. */
const mask = '********';

export function secretPlace(orgId: string, key: string): SecretPlace {
  return { orgId, name: `incoming-webhook/${key}` };
}

/** POST. */
export function createWebhook(box: SecretBox): Command<WebhookBody, Webhook> {
  return async function createWebhookCommand(ctx, body) {
    authorize(ctx.actor, 'organisation.manage');
    await sql`select 1 from organisation where id = ${ctx.actor.orgId} for no key update`.execute(ctx.db);
    const identifier = body.identifier ?? `webhook-${randomBytes(6).toString('hex')}`;
    await refuseMore(ctx, identifier);
    const key = randomBytes(24).toString('base64url');
    const secret = body.security?.secret ?? null;
    const sealed = secret === null || secret === '' ? null : box.seal(secret, secretPlace(ctx.actor.orgId, key));
    const document = documentOf(body);
    assertVerifiable(document.security, sealed !== null);
    await sql`
      insert into incoming_webhook (org_id, identifier, key, document, sealed_secret, created_at, created_by, updated_at,
        updated_by)
      values (${ctx.actor.orgId}, ${identifier}, ${key}, ${JSON.stringify(document)}::json, ${sealed}, ${ctx.now},
        ${ctx.actor.id}, ${ctx.now}, ${ctx.actor.id})`.execute(ctx.db);
    return announce(ctx, null, identifier);
  };
}

async function refuseMore(ctx: WriteContext, identifier: string): Promise<void> {
  const found = await sql<{ count: number; taken: boolean }>`
    select count(*)::int as count, coalesce(bool_or(identifier = ${identifier}), false) as taken from incoming_webhook
    where org_id = ${ctx.actor.orgId}`.execute(ctx.db);
  const [row] = found.rows;
  if (row?.taken === true) {
    throw identifierTaken(`A webhook with identifier "${identifier}" exists already.`, {
      resource: 'webhook',
      byField: 'identifier',
      withValue: identifier,
    });
  }
  if ((row?.count ?? 0) < webhookLimit) return;
  throw problem(
    'limited',
    'too_many_webhooks',
    `An organisation has up to ${webhookLimit} webhooks. Delete one first.`,
  );
}

export interface SaveWebhookInput<Body> {
  readonly webhook: string;
  readonly body: Body;
  readonly expectedVersion: number | null;
}

/** PUT. */
export function replaceWebhook(box: SecretBox): Command<SaveWebhookInput<WebhookBody>, Webhook> {
  return maybeSilent(async function replaceWebhookCommand(ctx: WriteContext, input: SaveWebhookInput<WebhookBody>) {
    const before = await loadWebhook(ctx, input);
    return save(ctx, box, before, { document: documentOf(input.body), given: input.body });
  });
}

/** PATCH: what is not given stays. */
export function patchWebhook(box: SecretBox): Command<SaveWebhookInput<WebhookPatch>, Webhook> {
  return maybeSilent(async function patchWebhookCommand(ctx: WriteContext, input: SaveWebhookInput<WebhookPatch>) {
    const before = await loadWebhook(ctx, input);
    const security = { ...before.document.security, ...input.body.security };
    const document = documentOf({ ...before.document, ...input.body, security } as WebhookBody);
    return save(ctx, box, before, { document, given: input.body });
  });
}

async function save(
  ctx: WriteContext,
  box: SecretBox,
  before: Webhook,
  { document, given }: { readonly document: WebhookDocument; readonly given: WebhookPatch },
): Promise<Webhook> {
  const { orgId, identifier } = before;
  if (given.identifier !== undefined && given.identifier !== identifier) {
    throw problem('invalid', 'invalid_request', `The identifier of webhook "${identifier}" cannot be changed.`, {
      errors: [{ path: 'identifier', message: 'cannot be changed' }],
    });
  }
  const sealed = sealedSecret(box, before, given.security?.secret);
  assertVerifiable(document.security, sealed !== null);
  if (jsonEqual(document, before.document) && sealed === before.sealedSecret) return before;
  await sql`
    update incoming_webhook set document = ${JSON.stringify(document)}::json, sealed_secret = ${sealed},
      version = version + 1, updated_at = ${ctx.now}, updated_by = ${ctx.actor.id}
    where org_id = ${orgId} and identifier = ${identifier}`.execute(ctx.db);
  return announce(ctx, before, identifier);
}

/** Left out or masked it stays, null or empty takes it away. */
function sealedSecret(box: SecretBox, before: Webhook, given: string | null | undefined): string | null {
  if (given === undefined || given === mask) return before.sealedSecret;
  if (given === null || given === '') return null;
  const place = secretPlace(before.orgId, before.key);
  if (before.sealedSecret !== null && box.open(before.sealedSecret, place) === given) return before.sealedSecret;
  return box.seal(given, place);
}

export function deleteWebhook(): Command<Omit<SaveWebhookInput<never>, 'body'>, void> {
  return async function deleteWebhookCommand(ctx, input) {
    const before = await loadWebhook(ctx, input);
    await sql`
      delete from incoming_webhook where org_id = ${before.orgId} and identifier = ${before.identifier}`.execute(
      ctx.db,
    );
    ctx.emit(webhookEvent(before, null));
  };
}

async function loadWebhook(
  ctx: WriteContext,
  { webhook, expectedVersion }: { readonly webhook: string; readonly expectedVersion: number | null },
): Promise<Webhook> {
  authorize(ctx.actor, 'organisation.manage');
  const locked = await lockWebhook(ctx.db, ctx.actor.orgId, webhook);
  checkVersion('webhook', locked.version, expectedVersion);
  return locked;
}

async function announce(ctx: WriteContext, before: Webhook | null, identifier: string): Promise<Webhook> {
  const after = await getWebhook(ctx.db, ctx.actor.orgId, identifier);
  ctx.emit(webhookEvent(before, after));
  return after;
}

function documentOf({ security = {}, identifier: _identifier, ...body }: WebhookBody): WebhookDocument {
  const { secret: _secret, ...rest } = security;
  const { title, enabled, description, icon, mappings = [], integrationType = 'custom' } = body;
  return {
    title,
    enabled,
    ...(description === undefined ? {} : { description }),
    ...(icon === undefined ? {} : { icon }),
    integrationType,
    mappings,
    security: rest,
  };
}

/** A signature that cannot be checked would look like protection and be none. */
function assertVerifiable(security: Omit<Security, 'secret'>, hasSecret: boolean): void {
  const { signatureAlgorithm = null, signatureHeaderName } = security;
  if (signatureAlgorithm === null) return;
  const missing = !hasSecret ? 'secret' : (signatureHeaderName ?? '') === '' ? 'signatureHeaderName' : null;
  if (missing === null) return;
  const path = `security.${missing}`;
  throw problem('invalid', 'invalid_request', `"${path}" is needed to check signatures.`, {
    errors: [{ path, message: `is needed when security.signatureAlgorithm is "${signatureAlgorithm}"` }],
  });
}
