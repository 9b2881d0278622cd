import { createHmac } from 'node:crypto';
import { Type } from 'typebox';
import { authorize } from '#access/permissions.ts';
import type { Actor } from '#platform/commands/actor.ts';
import { constantTimeEqual } from '#platform/crypto/constant-time-equal.ts';
import { newId } from '#platform/ids.ts';
import { type Reply, route, type Route } from '#platform/http/route.ts';
import { problem } from '#platform/problem.ts';
import { mayStart } from './create-execution.ts';
import { type FireParts, fireWebhook } from './fire-triggers.ts';
import { findPipeline } from './pipeline-queries.ts';
import { triggersFor, type TriggerRow } from './trigger-store.ts';
import { textField } from './trigger-rules.ts';

export interface TriggerRouteParts extends FireParts {
  readonly openSecrets: (orgId: string) => Promise<Readonly<Record<string, string>>>;
}

const params = Type.Object({ source: Type.String({ minLength: 1, maxLength: 100 }) });
const query = Type.Object({ org: Type.Optional(Type.String({ maxLength: 100 })) });
const body = Type.Object({}, { additionalProperties: true });
const statuses = [401, 403];

/** Where other systems say that something happened. */
export function triggerRoutes(parts: TriggerRouteParts): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/gate/webhooks/webhook/:source',
      summary: 'Start the pipelines that wait for this webhook',
      tag: 'Gate',
      access: 'known',
      request: { params, body },
      statuses,
      handle: async ({ actor, params: { source }, body: payload }) => {
        authorize(actor, 'pipeline.execute');
        return told(parts, { orgId: actor.orgId, source, payload, accepts: await startableBy(parts, actor, source) });
      },
    }),
    route({
      method: 'POST',
      path: '/hooks/pipelines/:source',
      summary:
        'Start the pipelines that wait for this webhook; by a token, or signed with the secret its triggers name',
      tag: 'Pipelines',
      access: 'anyone',
      request: { params, query, body },
      statuses,
      async handle({ actor, params: { source }, query: { org }, body: payload, headers, rawBody }) {
        if (actor !== null) {
          authorize(actor, 'pipeline.execute');
          return told(parts, { orgId: actor.orgId, source, payload, accepts: await startableBy(parts, actor, source) });
        }
        const given = headers['x-hub-signature-256'];
        const orgId = org ?? '';
        const accepts = await signedTriggers(parts, { orgId, source, rawBody, signature: given });
        if (accepts.size === 0) {
          throw problem(
            'unauthenticated',
            'unauthorized',
            'Send a bearer token, or sign with the secret of a trigger.',
          );
        }
        return told(parts, { orgId, source, payload, accepts: (trigger) => accepts.has(trigger.id) });
      },
    }),
  ];
}

/** A person's token starts what that person may start. */
async function startableBy(
  { core: { db } }: TriggerRouteParts,
  actor: Actor,
  source: string,
): Promise<(trigger: TriggerRow) => boolean> {
  if (actor.kind !== 'user') return () => true;
  const pipelines = new Set((await triggersFor(db, actor.orgId, 'webhook', source)).map(({ pipeline }) => pipeline));
  const startable = new Set<string>();
  for (const id of pipelines) {
    const pipeline = await findPipeline(db, actor, id);
    if (pipeline !== null && (await mayStart(db, actor, pipeline))) startable.add(id);
  }
  return (trigger) => startable.has(trigger.pipeline);
}

async function told(
  parts: TriggerRouteParts,
  event: {
    readonly orgId: string;
    readonly source: string;
    readonly payload: unknown;
    readonly accepts: (trigger: TriggerRow) => boolean;
  },
): Promise<Reply> {
  const eventId = newId('event');
  await fireWebhook(parts, { ...event, eventId });
  return { status: 200, body: { ok: true, eventProcessed: true, eventId } };
}

interface Signed {
  readonly orgId: string;
  readonly source: string;
  readonly rawBody: Buffer;
  readonly signature: string | readonly string[] | undefined;
}

/** Triggers whose secret made this signature; each names a secret of its organisation. */
async function signedTriggers(parts: TriggerRouteParts, signed: Signed): Promise<ReadonlySet<string>> {
  const { orgId, source, rawBody, signature } = signed;
  if (typeof signature !== 'string' || orgId === '') return new Set();
  const named = (await triggersFor(parts.core.db, orgId, 'webhook', source)).filter(
    (trigger) => textField(trigger.document, 'secret') !== '',
  );
  if (named.length === 0) return new Set();
  const secrets = await parts.openSecrets(orgId);
  return new Set(
    named
      .filter(({ document }) => {
        const name = textField(document, 'secret');
        const secret = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
        if (secret === undefined || secret === '') return false;
        const expected = `sha256=${createHmac('sha256', secret).update(rawBody).digest('hex')}`;
        return constantTimeEqual(signature, expected);
      })
      .map((trigger) => trigger.id),
  );
}
