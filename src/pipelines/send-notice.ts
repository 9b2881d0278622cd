import type { Core } from '#platform/core.ts';
import { signPortWebhook } from '#platform/crypto/port-signature.ts';
import type { Egress } from '#platform/egress/egress.ts';
import { EgressFailure } from '#platform/egress/egress-failure.ts';
import { teamsCard } from '#platform/teams-card.ts';
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

/** As `sendMailNotice`. What may have arrived is not sent again: people would see it twice. */
export async function sendTeamsNotice(
  { egress }: Pick<SendParts, 'egress'>,
  notice: ToldNotice,
): Promise<string | null> {
  const { channel: url, title, lines, link } = notice;
  const body = JSON.stringify(teamsCard({ title, lines, link }));
  const headers = { 'Content-Type': 'application/json', 'User-Agent': 'quayside' };
  try {
    return refusalOf(await egress.request({ url, method: 'POST', body, headers, timeoutMs }), 'Teams');
  } catch (error) {
    if (error instanceof EgressFailure && error.requestSent) return error.message;
    throw error;
  }
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
  return refusalOf(answer, 'The webhook');
}

function refusalOf({ ok, status }: { readonly ok: boolean; readonly status: number }, who: string): string | null {
  if (ok) return null;
  if (status < firstServerError && status !== 429 && status !== 408) return `Answered ${status}.`;
  throw problem('unavailable', 'notification_not_sent', `${who} answered ${status}.`);
}
