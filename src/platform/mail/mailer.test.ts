import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '#testing/free-port.ts';
import { type MailServer, startMailServer } from '#testing/mail-server.ts';
import { mailSettings } from './config.ts';
import { createMailer, type Mail } from './mailer.ts';

let server: MailServer;
beforeAll(async () => {
  server = await startMailServer();
});
beforeEach(() => server.refuseWith(null));
afterAll(async () => server.close());

const mail: Mail = { to: 'lead@example.com', subject: 'Approval needed: 部署', text: 'First\nsecond', id: 'event_1.0' };
const mailer = (url = server.url) => createMailer({ url, from: 'Quayside <portal@example.com>', allow: [] });

describe('a mail', () => {
  test('arrives at the one it is for, from who sends, with a name that repeats keep', async () => {
    expect(await mailer().send(mail)).toEqual({ outcome: 'sent' });
    const received = server.mails.at(-1);
    expect(received).toMatchObject({ from: 'portal@example.com', to: ['lead@example.com'] });
    expect(received?.raw).toContain('Message-ID: <event_1.0@quayside>');
    expect(received?.raw).toContain('=?UTF-8?');
  });

  test('cannot be given headers or further recipients by its words', async () => {
    const before = server.mails.length;
    const subject = 'Hello\r\nBcc: spy@example.com';
    await mailer().send({ ...mail, subject, to: 'lead@example.com' });
    expect(server.mails).toHaveLength(before + 1);
    expect(server.mails.at(-1)?.to).toEqual(['lead@example.com']);
    expect(server.mails.at(-1)?.raw).not.toMatch(/^Bcc:/im);
    await mailer()
      .send({ ...mail, to: 'a@example.com, b@example.com' })
      .catch(() => undefined);
    expect(server.mails.flatMap(({ to }) => to)).not.toContain('b@example.com');
  });

  test('that the server will never take is refused for good', async () => {
    server.refuseWith(550);
    expect(await mailer().send(mail)).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining('550') as string,
    });
  });

  test.each([
    ['that is not wanted now', async () => server.refuseWith(451), () => server.url],
    ['to a server that is not there', async () => undefined, null],
    [
      'with a password that would travel in the open',
      async () => undefined,
      () => `smtp://me:canary@127.0.0.1:${server.port}`,
    ],
  ])('%s may be tried again, and no secret is told', async (_what, prepare, address) => {
    await prepare();
    const url = address === null ? `smtp://127.0.0.1:${await freePort()}` : address();
    const failure: unknown = await mailer(url)
      .send(mail)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'unavailable', code: 'mail_not_sent' });
    expect((failure as Error).message).not.toContain('canary');
  });

  test('goes to the address that was checked, although the name is private', async () => {
    const asked: string[] = [];
    const resolver = async (host: string): Promise<readonly string[]> => {
      asked.push(host);
      return ['127.0.0.1'];
    };
    const named = createMailer({
      url: `smtp://mail.internal:${server.port}`,
      from: 'a@example.com',
      allow: [],
      resolver,
    });
    expect(await named.send(mail)).toEqual({ outcome: 'sent' });
    expect(asked).toEqual(['mail.internal']);
  });
});

test.each(['http://mail.example.com', 'mail.example.com', 'smtp://', ''])('%j is no mail server', (text) => {
  expect(() => mailSettings.smtpUrl.parse(text)).toThrow('must be an address');
});
