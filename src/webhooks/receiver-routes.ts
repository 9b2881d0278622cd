import type { Core } from '#platform/core.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import { assertShallow, assertStorableText } from '#platform/http/check-text.ts';
import { route, type Route } from '#platform/http/route.ts';
import type { JqPool } from '#platform/jq/jq-pool.ts';
import { problem } from '#platform/problem.ts';
import { KeyPath, type RequestContent } from './contract.ts';
import { callerOf } from './ingest-request.ts';
import { receiveRequest } from './receive-request.ts';
import { secretPlace } from './save-webhook.ts';
import { verifySignature } from './verify-signature.ts';
import { refuseUnknown, webhookByKey, type Webhook } from './webhook-queries.ts';

export interface ReceiverParts {
  readonly core: Core;
  readonly secrets: SecretBox;
  readonly jq: Pick<JqPool, 'evaluate'>;
}

const bodyLimit = 524_288;
/** Say who sends, not what happened; nobody needs them to map a request. */
const credentials: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization', 'x-api-key']);
const deliveryLimit = 500;

/** Takes what other systems send. It is kept and answered at once; the work is a job's. */
export function receiverRoutes(parts: ReceiverParts): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/hooks/in/:key',
      summary: 'Receive a request of an incoming webhook',
      tag: 'Inbound hooks',
      access: 'anyone',
      rawBody: true,
      bodyLimit,
      request: { params: KeyPath },
      statuses: [202, 400, 401, 404, 413, 429],
      handle: async ({ params, headers, rawBody, url }) => {
        const webhook = (await webhookByKey(parts.core.db, params.key)) ?? refuseUnknown(params.key);
        if (!verifySignature(webhook.document.security, secretOf(parts, webhook), { headers, rawBody })) {
          throw problem('unauthenticated', 'signature_mismatch', 'The signature of this request does not hold.');
        }
        const content = { body: parsed(rawBody), headers: shownHeaders(webhook, headers), queryParams: queryOf(url) };
        const input = { webhook: webhook.identifier, content, delivery: await deliveryOf(parts, webhook, content) };
        if (webhook.document.enabled) await parts.core.runner.execute(callerOf(webhook), receiveRequest(), input);
        return { status: 202, body: { ok: true } };
      },
    }),
  ];
}

function secretOf({ secrets }: ReceiverParts, { orgId, key, sealedSecret }: Webhook): string | null {
  return sealedSecret === null ? null : secrets.open(sealedSecret, secretPlace(orgId, key));
}

function parsed(rawBody: Buffer): unknown {
  const text = rawBody.toString('utf8');
  assertShallow(text);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw problem('bad-request', 'bad_request', 'The body is not valid JSON.');
  }
  assertStorableText(text, body);
  return body;
}

function shownHeaders(
  { document }: Webhook,
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): RequestContent['headers'] {
  const signature = (document.security.signatureHeaderName ?? '').toLowerCase();
  const shown = Object.entries(headers).filter(
    ([name, value]) => value !== undefined && name !== signature && !credentials.has(name),
  );
  return Object.fromEntries(shown);
}

function queryOf(url: string): RequestContent['queryParams'] {
  const { searchParams } = new URL(url, 'http://localhost');
  const names = [...new Set(searchParams.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const values = searchParams.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

/** What cannot be read is no name, and the request counts by itself. */
async function deliveryOf(
  { jq }: ReceiverParts,
  { document }: Webhook,
  content: RequestContent,
): Promise<string | null> {
  const path = document.security.requestIdentifierPath ?? '';
  if (path === '') return null;
  const result = await jq.evaluate(path, content);
  const name = result.ok && (typeof result.value === 'string' || typeof result.value === 'number') ? result.value : '';
  const text = String(name);
  return text === '' ? null : text.slice(0, deliveryLimit);
}
