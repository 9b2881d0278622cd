import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settableClock } from '#platform/clock.ts';
import { addPerson, signIn, signInAdministrator } from '#testing/sign-in.ts';
import { send, startTestApp, type TestAnswer, type TestApp, uniqueName } from '#testing/start-app.ts';

const day = 86_400_000;
const minute = 60_000;
let clock: ReturnType<typeof settableClock>;
let app: TestApp;
beforeAll(async () => {
  clock = settableClock(new Date('2026-05-04T10:00:00.000Z'));
  app = await startTestApp({ clock });
});
afterAll(async () => app.stop());

/** For a test that moves the clock by days, after which nobody's token holds. */
async function onItsOwn(work: (own: TestApp, ownClock: typeof clock) => Promise<void>): Promise<void> {
  const ownClock = settableClock(new Date('2026-05-04T10:00:00.000Z'));
  const own = await startTestApp({ clock: ownClock });
  await work(own, ownClock);
  await own.stop();
}

const newEmail = (): string => `${uniqueName('new')}@example.com`;

async function tryPassword(email: string, password: string, body: object = {}): Promise<TestAnswer> {
  return send(`${app.url}/api/v1/session`, 'POST', { email, password, ...body }, {});
}

describe('signing in', () => {
  test('opens a session: who it is, a cookie that scripts cannot read, a token for changes', async () => {
    const answer = await tryPassword(app.adminEmail.toUpperCase(), app.adminPassword);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        ok: true,
        person: { email: app.adminEmail, roles: ['Admin'], teams: [], language: null, theme: null },
        organisation: { id: app.orgId, sample: false },
        csrfToken: expect.any(String) as string,
      },
    });
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^quayside_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=604800$/);
    expect(JSON.stringify(answer.body)).not.toContain(/=([^;]+)/.exec(cookie)?.[1]);
    const visitor = await signInAdministrator(app);
    expect((await visitor.call('GET', '/api/v1/session')).body).toMatchObject({ person: { email: app.adminEmail } });
  });

  test('where the public address is https, takes only a cookie that no other host of the domain can set', async () => {
    const proxied = await startTestApp({ publicUrl: 'https://portal.example.com' });
    const visitor = await signInAdministrator(proxied);
    expect(visitor.cookie).toMatch(/^__Host-quayside_session=[\w-]{43}$/);
    expect(await visitor.call('GET', '/api/v1/session')).toMatchObject({ status: 200 });
    const token = visitor.cookie.split('=')[1];
    const other = await visitor.call('GET', '/api/v1/session', undefined, { cookie: `quayside_session=${token}` });
    expect(other).toMatchObject({ status: 401 });
    const left = await visitor.call('DELETE', '/api/v1/session');
    expect(left.headers.get('set-cookie')).toBe(
      '__Host-quayside_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure',
    );
    await proxied.stop();
  });

  test('says the same to a wrong password and to nobody', async () => {
    const wrong = await tryPassword(app.adminEmail, 'not the password');
    const nobody = await tryPassword('nobody@example.com', 'not the password');
    expect(wrong).toMatchObject({ status: 401, body: { error: 'invalid_credentials' } });
    expect(nobody.body).toEqual(wrong.body);
    expect(nobody.headers.get('set-cookie')).toBeNull();
  });

  test('is refused for a while after ten failures, also when they come all at once', async () => {
    const { email } = await addPerson(app, { email: newEmail() });
    const attempts = await Promise.all(Array.from({ length: 14 }, async () => tryPassword(email, 'not the password')));
    const count = (status: number): number => attempts.filter((answer) => answer.status === status).length;
    expect([count(401), count(429)]).toEqual([10, 4]);
    const locked = await tryPassword(email, 'a password for tests');
    expect(locked).toMatchObject({ status: 429, body: { error: 'too_many_attempts' } });
    expect(locked.headers.get('retry-after')).toBe('300');
    expect((await tryPassword('other@example.com', 'x')).status).toBe(401);
    clock.advance(5 * minute);
    expect((await tryPassword(email, 'a password for tests')).status).toBe(200);
  });

  test('that succeeds does not count as a failure', async () => {
    for (let attempt = 0; attempt < 12; attempt += 1) {
      expect((await tryPassword(app.adminEmail, app.adminPassword)).status).toBe(200);
    }
  });

  test.each([{ password: 7 }, { email: 'x'.repeat(300) }, { password: 'x'.repeat(300) }, { more: 1 }])(
    'refuses %j',
    async (body) => expect(await tryPassword('a@example.com', 'x', body)).toMatchObject({ status: 422 }),
  );
});

describe('a session', () => {
  test('ends at sign-out, also for whoever kept the cookie', async () => {
    const visitor = await signInAdministrator(app);
    const out = await visitor.call('DELETE', '/api/v1/session');
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
    expect(await visitor.call('GET', '/api/v1/session')).toMatchObject({
      status: 401,
      body: { error: 'unauthorized' },
    });
  });

  test('ends after three days without use, and after seven in any case', async () => {
    await onItsOwn(async (own, ownClock) => {
      const [idle, busy] = [await signInAdministrator(own), await signInAdministrator(own)];
      const isOpen = async (visitor: typeof idle): Promise<boolean> =>
        (await visitor.call('GET', '/api/v1/session')).status === 200;
      ownClock.advance(2 * day);
      expect(await isOpen(busy)).toBe(true);
      ownClock.advance(day + minute);
      expect(await isOpen(idle)).toBe(false);
      expect(await isOpen(busy)).toBe(true);
      ownClock.advance(2 * day);
      expect(await isOpen(busy)).toBe(true);
      ownClock.advance(2 * day);
      expect(await isOpen(busy)).toBe(false);
      // An old cookie keeps nobody from signing in again.
      const credentials = { email: own.adminEmail, password: own.adminPassword };
      const again = await send(`${own.url}/api/v1/session`, 'POST', credentials, { cookie: busy.cookie });
      expect(again.status).toBe(200);
    });
  });

  test('changes nothing without its own CSRF token', async () => {
    const [visitor, other] = [await signInAdministrator(app), await signInAdministrator(app)];
    const body = { name: 'Changed' };
    for (const csrfToken of ['', 'guess', other.csrfToken]) {
      const headers = { 'x-csrf-token': csrfToken };
      const answer = await visitor.call('PATCH', '/v1/organization', body, headers);
      expect(answer).toMatchObject({ status: 403, body: { error: 'csrf_token_invalid' } });
    }
    expect((await visitor.call('PATCH', '/v1/organization', body)).status).toBe(200);
  });

  test('is the person’s as they are now: roles count at once, and removal ends it', async () => {
    const member = await addPerson(app, { email: newEmail() });
    expect((await member.call('POST', '/v1/teams', { name: 'a' })).status).toBe(403);
    await app.call('PATCH', `/v1/users/${member.email}`, { roles: ['Admin'] });
    expect((await member.call('POST', '/v1/teams', { name: 'a' })).status).toBe(200);
    await app.call('DELETE', `/v1/users/${member.email}`);
    expect((await member.call('GET', '/api/v1/session')).status).toBe(401);
  });

  test('keeps language and theme for the person', async () => {
    const visitor = await signInAdministrator(app);
    await visitor.call('PATCH', '/api/v1/session/preferences', { language: 'zh-CN', theme: 'dark' });
    await visitor.call('PATCH', '/api/v1/session/preferences', { theme: 'light' });
    const again = await signIn(app, app.adminEmail, app.adminPassword);
    expect((await again.call('GET', '/api/v1/session')).body).toMatchObject({
      person: { language: 'zh-CN', theme: 'light' },
    });
    expect((await visitor.call('PATCH', '/api/v1/session/preferences', { language: 'fr' })).status).toBe(422);
    expect((await app.call('PATCH', '/api/v1/session/preferences', { theme: 'dark' })).status).toBe(403);
    expect((await app.call('GET', '/api/v1/session')).status).toBe(401);
  });
});

describe('an invitation', () => {
  async function invite(body: object, host = app): Promise<string> {
    const answer = await host.call('POST', '/api/v1/invitations', body);
    expect(answer.status).toBe(201);
    const { link } = answer.body['invitation'] as { link: string };
    expect(link.startsWith(`${host.url}/invitations/`)).toBe(true);
    return link.slice(link.lastIndexOf('/') + 1);
  }
  async function accept(token: string, { password = 'a long enough password', host = app } = {}): Promise<TestAnswer> {
    const body = { firstName: 'New', lastName: 'Comer', password };
    return send(`${host.url}/api/v1/invitations/${token}/accept`, 'POST', body, {});
  }
  async function look(token: string, host = app): Promise<TestAnswer> {
    return send(`${host.url}/api/v1/invitations/${token}`, 'GET', undefined, {});
  }

  test('lets one person in, once, with its roles and teams', async () => {
    await app.call('POST', '/v1/teams', { name: 'payments' });
    const token = await invite({ email: 'New@example.com', roles: ['service-moderator'], teams: ['payments'] });
    expect((await look(token)).body).toMatchObject({ invitation: { email: 'New@example.com' } });
    expect((await accept(token, { password: 'short' })).status).toBe(422);
    const accepted = await accept(token);
    expect(accepted.body).toMatchObject({
      person: { email: 'New@example.com', firstName: 'New', roles: ['service-moderator'], teams: ['payments'] },
      csrfToken: expect.any(String) as string,
    });
    for (const answer of [await look(token), await accept(token), await look('unknown')]) {
      expect(answer).toMatchObject({ status: 404, body: { error: 'not_found' } });
    }
    expect((await tryPassword('new@example.com', 'a long enough password')).status).toBe(200);
  });

  test('is one person’s also when two accept at once', async () => {
    const token = await invite({ email: newEmail() });
    const answers = await Promise.all([accept(token), accept(token), accept(token)]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(2);
  });

  test('ends after seven days, or with the next one for the same address', async () => {
    await onItsOwn(async (own, ownClock) => {
      const first = await invite({ email: 'new@example.com' }, own);
      const second = await invite({ email: 'NEW@example.com' }, own);
      expect((await look(first, own)).status).toBe(404);
      ownClock.advance(7 * day - minute);
      expect((await look(second, own)).status).toBe(200);
      ownClock.advance(2 * minute);
      expect((await accept(second, { host: own })).status).toBe(404);
    });
  });

  test('does not fail because a team has gone since', async () => {
    await app.call('POST', '/v1/teams', { name: 'short-lived' });
    const token = await invite({ email: newEmail(), teams: ['short-lived'] });
    await app.call('DELETE', '/v1/teams/short-lived');
    expect((await accept(token)).body).toMatchObject({ person: { teams: [] } });
  });

  test('is for administrators to give; its link stands in no log', async () => {
    const member = await addPerson(app, { email: newEmail() });
    const email = newEmail();
    expect((await member.call('POST', '/api/v1/invitations', { email })).status).toBe(403);
    expect((await member.call('POST', '/v1/users/invite', { invitee: { email } })).status).toBe(403);
    const token = await invite({ email });
    const audit = await app.call('GET', '/v1/audit-log?limit=1000');
    expect(JSON.stringify(audit.body)).toContain(email);
    expect(JSON.stringify(audit.body)).not.toContain(token);
  });

  test.each([
    [{ email: 'not an address' }, 422],
    [{ email: 'fresh@example.com', roles: [] }, 422],
    [{ email: 'fresh@example.com', roles: ['Adminn'] }, 422],
    [{ email: 'fresh@example.com', teams: ['nowhere'] }, 404],
    [{ email: 'ADMIN@example.com' }, 409],
  ])('refuses %j with %i', async (body, status) => {
    expect((await app.call('POST', '/api/v1/invitations', body)).status).toBe(status);
    expect((await app.call('POST', '/v1/users/invite', { invitee: body })).status).toBe(status);
  });

  test('in Port’s form answers ok alone', async () => {
    const answer = await app.call('POST', '/v1/users/invite?notify=false', { invitee: { email: 'fresh@example.com' } });
    expect(answer.body).toEqual({ ok: true });
  });
});
