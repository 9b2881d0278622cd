import { createHash } from 'node:crypto';
import { IncomingWebhook } from '@slack/webhook';
import fastify, { type FastifyInstance } from 'fastify';
import { parseChangeEvent } from './change-event.ts';
import { healthMessage } from './health-message.ts';
import { signatureMistake } from './verify-signature.ts';

export interface ListenerOptions {
  /** Signs the changelog: the client secret shown under Credentials. */
  readonly clientSecret: string;
  /** Incoming webhook of the channel that hears of health changes. */
  readonly slackWebhookUrl: string;
  /** Milliseconds since 1970; the clock of this machine unless given. */
  readonly now?: () => number;
  /** Lines about what was done; silent unless given. */
  readonly log?: (line: string) => void;
}

const SLACK_TIMEOUT_MS = 10_000;
const REMEMBERED = 1000;

/**
 * The listener as a Fastify app with the one route `POST /api/slack`. Every answer but 2xx asks the sender to try
 * again, so 2xx means: done, or nothing to do.
 */
export function buildListener(options: ListenerOptions): FastifyInstance {
  const { clientSecret, slackWebhookUrl, now = Date.now, log = () => undefined } = options;
  const slack = new IncomingWebhook(slackWebhookUrl, { timeout: SLACK_TIMEOUT_MS });
  const once = rememberWork();
  const app = fastify({ bodyLimit: 5 * 1024 * 1024 });

  // The signature covers the bytes as they came, so they are kept as they came.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  app.post('/api/slack', async (request, reply) => {
    const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const signed = {
      timestamp: oneValue(request.headers['x-port-timestamp']),
      signature: oneValue(request.headers['x-port-signature']),
      rawBody,
    };
    const untrusted = signatureMistake(signed, clientSecret, now());
    if (untrusted !== undefined) {
      log(`Refused a request: ${untrusted}.`);
      return reply.code(401).send({ ok: false, message: `Not trusted: ${untrusted}.` });
    }
    const parsed = parseChangeEvent(rawBody.toString('utf8'));
    if ('mistake' in parsed) {
      log(`Refused an event: ${parsed.mistake}`);
      return reply.code(422).send({ ok: false, message: parsed.mistake });
    }
    const message = healthMessage(parsed.event);
    if (!message) return { ok: true, posted: false };
    try {
      // A delivery that was tried again has the same body: one change, one message.
      const posted = await once(createHash('sha256').update(rawBody).digest('hex'), () => slack.send(message));
      if (posted) log(message.text ?? '');
      return { ok: true, posted };
    } catch {
      // Slack's error may hold the webhook's address, which is a secret.
      log('Slack did not take the message; the sender is asked to try again.');
      return reply.code(502).send({ ok: false, message: 'Slack did not take the message.' });
    }
  });
  return app;
}

/** A header that came twice is joined by a comma or a list; either way it is not the one that was signed. */
function oneValue(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}

/** Does work once for each key, also when asked while it is going on. Work that failed may be asked for again. */
function rememberWork(): (key: string, work: () => Promise<unknown>) => Promise<boolean> {
  const known = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const earlier = known.get(key);
    if (earlier) {
      await earlier;
      return false;
    }
    const going = work();
    known.set(key, going);
    if (known.size > REMEMBERED) known.delete(known.keys().next().value ?? '');
    try {
      await going;
      return true;
    } catch (error) {
      known.delete(key);
      throw error;
    }
  };
}
