import { isIP } from 'node:net';
import { parseAllowList } from '#platform/egress/allow-list.ts';
import { createGuard, type Resolver, systemResolver } from '#platform/egress/guard.ts';
import { Problem, problem } from '#platform/problem.ts';

export interface Mail {
  /** One address. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The same over all attempts, so that mail programs show a repeated message once. */
  readonly id: string;
}

/** The server will not take this message, however often it is sent. */
export interface MailRefusal {
  readonly outcome: 'refused';
  readonly reason: string;
}

export interface Mailer {
  /** Throws a Problem of kind `unavailable` when trying again may help. */
  send(mail: Mail): Promise<{ readonly outcome: 'sent' } | MailRefusal>;
}

export interface MailerOptions {
  readonly url: string;
  readonly from: string;
  /** `QUAYSIDE_EGRESS_ALLOW`; the mail server itself, named by whoever runs the installation, may be private. */
  readonly allow: readonly string[];
  readonly resolver?: Resolver;
}

const timeoutMs = 15_000;
const resolveTimeoutMs = 5_000;
const ports = { 'smtp:': 587, 'smtps:': 465 } as const;

/** Sends by SMTP. The server's name is looked up once for each message, and the connection goes to that very address. */
export function createMailer({ url, from, allow, resolver = systemResolver }: MailerOptions): Mailer {
  const server = new URL(url);
  const host = server.hostname.replaceAll(/[[\]]/g, '');
  const secure = server.protocol === 'smtps:';
  const port = server.port === '' ? ports[secure ? 'smtps:' : 'smtp:'] : Number(server.port);
  const allowed = parseAllowList([...allow, `${isIP(host) === 6 ? `[${host}]` : host}:${port}`]);
  const guard = createGuard({ allowed: () => allowed, resolver, resolveTimeoutMs });
  const user = decodeURIComponent(server.username);

  return {
    async send(mail) {
      const [address] = await guard.addressesOf(host, port).catch((error: unknown) => {
        throw unavailable(host, error instanceof Problem ? error.message : 'its name cannot be looked up');
      });
      // Loaded with the first mail: a start should not wait for it.
      const { createTransport } = await import('nodemailer');
      const transport = createTransport({
        host: address ?? host,
        port,
        secure,
        ...(isIP(host) === 0 ? { tls: { servername: host } } : {}),
        // A password never travels in the open.
        requireTLS: user !== '' && !secure,
        ...(user === '' ? {} : { auth: { user, pass: decodeURIComponent(server.password) } }),
        connectionTimeout: timeoutMs,
        greetingTimeout: timeoutMs,
        socketTimeout: timeoutMs,
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      try {
        const { to, subject, text, id } = mail;
        await transport.sendMail({
          from,
          to: { name: '', address: to },
          subject,
          text,
          messageId: `<${id}@quayside>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
        return { outcome: 'sent' };
      } catch (error) {
        return refusalOf(host, error);
      } finally {
        transport.close();
      }
    },
  };
}

const firstPermanent = 500;

/** 5xx to a recipient or message is final. Everything else, wrong credentials included, somebody may repair. */
function refusalOf(host: string, error: unknown): MailRefusal {
  const { code, responseCode } = error as { readonly code?: string; readonly responseCode?: number };
  const final = code === 'EENVELOPE' || code === 'EMESSAGE';
  if (final && (responseCode === undefined || responseCode >= firstPermanent)) {
    return { outcome: 'refused', reason: `The mail server ${host} refused the message (${responseCode ?? code}).` };
  }
  throw unavailable(host, String(responseCode ?? code ?? 'no answer'));
}

/** What the server said is left out: it may repeat the user's name. */
function unavailable(host: string, why: string): Problem {
  return problem('unavailable', 'mail_not_sent', `The mail server ${host} did not take the message: ${why}.`, { host });
}
