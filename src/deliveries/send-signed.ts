import type { Core } from '#platform/core.ts';
import { signPortWebhook } from '#platform/crypto/port-signature.ts';
import { type Egress, type EgressResponse, responseText } from '#platform/egress/egress.ts';
import { secretsOfDestinations } from '#platform/egress/mask-destinations.ts';
import { hideTexts } from '#platform/hide-texts.ts';
import { plainText } from '#platform/plain-text.ts';

export interface SendParts {
  readonly core: Core;
  readonly egress: Egress;
  readonly signingSecret: (orgId: string) => Promise<string>;
}

export interface SignedMessage {
  readonly orgId: string;
  readonly url: string;
  readonly body: object;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

const shownAnswer = 300;

/** Posts to an address outside, signed as Port signs. */
export async function sendSigned(parts: SendParts, message: SignedMessage): Promise<EgressResponse> {
  const rawBody = JSON.stringify(message.body);
  return parts.egress.request({
    url: message.url,
    method: 'POST',
    timeoutMs: message.timeoutMs,
    body: rawBody,
    headers: {
      'Content-Type': 'application/json',
      'User-Agent': 'quayside',
      ...message.headers,
      ...signPortWebhook({
        secret: await parts.signingSecret(message.orgId),
        timestampMs: parts.core.clock.now().getTime(),
        rawBody,
      }),
    },
  });
}

/** What an endpoint said that did not take a message, without the secrets of its address. */
export function refusalText(url: string, answer: EgressResponse): string {
  if (answer.redirect) return `Answered ${answer.status}, a redirect, which is not followed.`;
  // The database keeps no NUL, and a failure that cannot be recorded would be tried for ever.
  const told = plainText(plainText(responseText(answer)).trim().slice(0, shownAnswer));
  const text = String(hideTexts(told, secretsOfDestinations(url)));
  return `Answered ${answer.status}${text === '' ? '.' : `: ${text}`}`;
}
