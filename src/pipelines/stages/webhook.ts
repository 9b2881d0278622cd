import type { SecretBox, SecretPlace } from '#platform/crypto/secret-box.ts';
import { maskUrl } from '#platform/egress/mask-url.ts';
import { secretsOfDestinations } from '#platform/egress/mask-destinations.ts';
import { hideTexts } from '#platform/hide-texts.ts';
import { isJsonObject } from '#platform/json.ts';
import type { JqPool } from '#platform/jq/jq-pool.ts';
import { evaluateStage } from '../evaluate-expressions.ts';
import type { StageRow } from '../execution.ts';
import { readWebhookCall, type WebhookCall } from '../webhook-rules.ts';
import { asNumber, hasExpression, missingTexts, wrongNumber } from './field-rules.ts';
import { keepWithdrawnCall } from '../keep-withdrawn-calls.ts';
import type { BeginRequest, FieldProblem, StageKind, StageStep } from './stage-kind.ts';

export interface WebhookParts {
  readonly jq: JqPool;
  readonly secrets: SecretBox;
  /** The organisation's secrets by name, for expressions. */
  readonly openSecrets: (orgId: string) => Promise<Readonly<Record<string, string>>>;
}

const hourMs = 3_600_000;
const resolutions: ReadonlySet<unknown> = new Set([
  undefined,
  null,
  '',
  'getMethod',
  'locationHeader',
  'webhookResponse',
]);

/** Calls an address and, when told so, asks for its status until it ends. The calls are made by a job. */
export function webhookStage(parts: WebhookParts): StageKind {
  return {
    type: 'webhook',
    rendersItself: true,
    check: (stage) => [
      ...missingTexts(stage, ['url']),
      ...(typeof stage['url'] === 'string' && !hasExpression(stage['url']) && !/^https?:\/\//i.test(stage['url'])
        ? [{ field: 'url', message: 'url begins with http:// or https://.' }]
        : []),
      ...(resolutions.has(stage['statusUrlResolution'])
        ? []
        : [{ field: 'statusUrlResolution', message: 'It is getMethod, locationHeader or webhookResponse.' }]),
      ...wrongNumber(stage, 'waitBeforeMonitor', 0),
      ...wrongRetries(stage['retries']),
    ],
    begin: async (request) => prepareCall(parts, request),
    withdraw: async (ctx, stage) => keepWithdrawnCall(ctx, stage),
  };
}

const mostRetries = 100;

/** By status code, how often it may be answered before it is a failure. */
function wrongRetries(given: unknown): readonly FieldProblem[] {
  if (given === undefined || given === null || hasExpression(given)) return [];
  if (!isJsonObject(given)) return [{ field: 'retries', message: 'retries is an object of status codes.' }];
  return Object.entries(given).flatMap(([code, told]) => {
    if (!/^[3-5]\d\d$/.test(code)) {
      return [{ field: 'retries', message: `${code} is no status code from 300 to 599.` }];
    }
    const most = isJsonObject(told) ? told['maxAttempts'] : null;
    if (hasExpression(most)) return [];
    const number = asNumber(most);
    const isCount = number !== null && Number.isInteger(number) && number >= 1 && number <= mostRetries;
    const message = `It is a whole number from 1 to ${mostRetries}.`;
    return isCount ? [] : [{ field: `retries.${code}.maxAttempts`, message }];
  });
}

/** Ties a sealed call to its attempt of a stage. */
export function callPlace(stage: Pick<StageRow, 'org_id' | 'id' | 'attempt'>): SecretPlace {
  return { orgId: stage.org_id, name: `stage/${stage.id}/${stage.attempt}` };
}

async function prepareCall(
  parts: WebhookParts,
  { config, execution, stage, facts, now }: BeginRequest,
): Promise<StageStep> {
  const opened = JSON.stringify(config).includes('secrets') ? await parts.openSecrets(execution.org_id) : {};
  const rendered = await evaluateStage(parts.jq, config, { ...facts, secrets: opened });
  const destinations = { url: rendered['url'], headers: rendered['customHeaders'] };
  const hidden = [...Object.values(opened), ...secretsOfDestinations(destinations)];
  const call: WebhookCall | string = readWebhookCall(rendered, hidden);
  if (typeof call === 'string') return { step: 'failed', error: call };
  // A limit of the stage's own takes the place of this one.
  const timeoutAt = new Date(now.getTime() + hourMs).toISOString();
  return {
    step: 'waiting',
    wait: { for: 'call', timeoutAt },
    sealed: parts.secrets.seal(JSON.stringify(call), callPlace(stage)),
    context: {
      webhook: {
        url: maskUrl(call.url),
        method: call.method,
        payload: hideTexts(call.payload, Object.values(opened)),
      },
    },
  };
}
