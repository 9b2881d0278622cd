import type { Core } from '#platform/core.ts';
import { signPortWebhook } from '#platform/crypto/port-signature.ts';
import type { Egress } from '#platform/egress/egress.ts';
import type { Mailer } from '#platform/mail/mailer.ts';
import { problem } from '#platform/problem.ts';

/** What a mail or a webhook tells of an execution. */
export interface ToldNotice {
  readonly orgId: string;
  /** An e-mail address, or where the webhook is posted. */
  readonly channel: string;
  readonly title: string;
  readonly lines: readonly string[];
  readonly link: { readonly url: string; readonly label: string };
  readonly key: string;
  /** The occasion in the words of the document, and what it happened to. */
  readonly about?: Readonly<Record<string, unknown>>;
}

export interface SendParts {
  readonly core: Core;
  readonly egress: Egress;
  /** Null while no mail server is configured: then nothing is sent. */
  readonly mailer: Mailer | null;
  readonly signingSecret: (orgId: string) => Promise<string>;
}

const timeoutMs = 15_000;
const firstServerError = 500;

/** Null when it was sent; otherwise why it will not be. Throws when trying again may help. */
export async function sendMailNotice(
  { mailer }: Pick<SendParts, 'mailer'>,
  notice: ToldNotice,
): Promise<string | null> {
  if (mailer === null) return 'No mail server is configured.';
  const { channel, title, lines, link, key } = notice;
  const text = [...lines, '', `${link.label}: ${link.url}`].join('\n');
  const sent = await mailer.send({ to: channel, subject: title.replaceAll(/\s+/g, ' '), text, id: key });
  return sent.outcome === 'sent' ? null : sent.reason;
}

/** As `sendMailNotice`. A listener tells repeats by `Webhook-Id`. */
export async function sendWebhookNotice(parts: Omit<SendParts, 'mailer'>, notice: ToldNotice): Promise<string | null> {
  const { orgId, channel, title, lines, link, key, about = {} } = notice;
  const rawBody = JSON.stringify({ ...about, title, text: lines.join('\n'), link: link.url });
  const timestampMs = parts.core.clock.now().getTime();
  const headers = {
    'Content-Type': 'application/json',
    'User-Agent': 'quayside',
    'Webhook-Id': key,
    ...signPortWebhook({ secret: await parts.signingSecret(orgId), timestampMs, rawBody }),
  };
  const answer = await parts.egress.request({ url: channel, method: 'POST', body: rawBody, headers, timeoutMs });
  if (answer.ok) return null;
  if (answer.status < firstServerError && answer.status !== 429 && answer.status !== 408) {
    return `Answered ${answer.status}.`;
  }
  throw problem('unavailable', 'notification_not_sent', `The webhook answered ${answer.status}.`);
}
