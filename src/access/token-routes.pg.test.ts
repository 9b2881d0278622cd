import { sql } from 'kysely';
import { createCredential } from './create-credential.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemActor } from '#platform/commands/actor.ts';
import { settableClock } from '#platform/clock.ts';
import { addPerson, signInAdministrator, type Visitor } from '#testing/sign-in.ts';
import { send, startTestApp, type TestAnswer, type TestApp } from '#testing/start-app.ts';

const threeHours = 10_800_000;
let clock: ReturnType<typeof settableClock>;
let app: TestApp;
let administrator: Visitor;
beforeAll(async () => {
  clock = settableClock(new Date('2026-05-04T10:00:00.000Z'));
  app = await startTestApp({ clock });
  administrator = await signInAdministrator(app);
});
afterAll(async () => app.stop());

async function exchange(clientSecret: string, clientId = app.clientId): Promise<TestAnswer> {
  return send(`${app.url}/v1/auth/access_token`, 'POST', { clientId, clientSecret }, {});
}

async function statusWith(authorization: string): Promise<number> {
  return (await send(`${app.url}/v1/organization`, 'GET', undefined, { authorization })).status;
}

async function credentialId(): Promise<string> {
  const answer = await administrator.call('GET', '/api/v1/credentials');
  return (answer.body['credentials'] as { id: string }[])[0]?.id ?? '';
}

describe('a bearer token', () => {
  test('is given for the client’s id and secret, with all that clients read', async () => {
    const answer = await exchange(app.clientSecret);
    expect(answer).toMatchObject({ status: 200, body: { ok: true, expiresIn: 10_800, tokenType: 'Bearer' } });
    const token = String(answer.body['accessToken']);
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object;
    expect(claims).toMatchObject({
      orgId: app.orgId,
      iss: 'quayside',
      sub: app.clientId,
      isMachine: true,
      iat: clock.now().getTime() / 1000,
      exp: (clock.now().getTime() + threeHours) / 1000,
    });
    for (const header of [`Bearer ${token}`, `bearer ${token}`, token]) expect(await statusWith(header)).toBe(200);
  });

  test.each([
    ['a wrong secret', { clientSecret: 'wrong' }, 401, 'invalid_credentials'],
    ['an unknown client', { clientId: 'wrong' }, 401, 'invalid_credentials'],
    ['no secret', { clientSecret: undefined }, 422, 'invalid_request'],
    ['more than asked for', { scope: 'all' }, 422, 'invalid_request'],
  ])('is not given for %s', async (_case, parts, status, error) => {
    const body = { clientId: app.clientId, clientSecret: app.clientSecret, ...parts };
    expect(await send(`${app.url}/v1/auth/access_token`, 'POST', body, {})).toMatchObject({ status, body: { error } });
  });

  test('is refused for a while after two hundred wrong secrets', async () => {
    const wrong = await Promise.all(Array.from({ length: 210 }, async () => exchange('wrong', 'guessed-client')));
    expect(wrong.filter(({ status }) => status === 401)).toHaveLength(200);
    expect(wrong.filter(({ status }) => status === 429)).toHaveLength(10);
    expect((await exchange(app.clientSecret)).status).toBe(200);
    clock.advance(300_000);
    expect((await exchange('wrong', 'guessed-client')).status).toBe(401);
  });
});

describe('API credentials', () => {
  test('are shown to administrators, each look recorded, the secret in neither record nor list', async () => {
    const id = await credentialId();
    const shown = await administrator.call('POST', `/api/v1/credentials/${id}/reveal`);
    expect(shown.body).toMatchObject({ ok: true, clientId: app.clientId, clientSecret: app.clientSecret });
    const audit = await app.call('GET', '/v1/audit-log?resources=credential');
    expect(audit.body['audits']).toMatchObject([
      { trigger: { by: { userId: administrator.id }, origin: 'UI' }, additionalData: { kind: 'credential.revealed' } },
      { additionalData: { kind: 'credential.created' } },
    ]);
    for (const path of ['/v1/audit-log?limit=1000', '/v1/apps', '/api/v1/credentials']) {
      expect(JSON.stringify((await administrator.call('GET', path)).body)).not.toContain(app.clientSecret);
    }
    const stored = await sql<{ sealed: string }>`select sealed_secret as sealed from credential`.execute(
      app.app.core.db,
    );
    expect(stored.rows[0]?.sealed).not.toContain(app.clientSecret);
  });

  test('are no business of members', async () => {
    const member = await addPerson(app, { email: 'member@example.com' });
    const id = await credentialId();
    for (const [method, path] of [
      ['GET', '/v1/apps'],
      ['GET', '/api/v1/credentials'],
      ['POST', `/api/v1/credentials/${id}/reveal`],
      ['POST', `/v1/apps/${id}/rotate-secret`],
    ] as const) {
      expect(await member.call(method, path)).toMatchObject({ status: 403, body: { error: 'missing_permissions' } });
    }
    expect(JSON.stringify((await member.call('GET', '/v1/audit-log?limit=1000')).body)).not.toContain('credential');
  });

  test('that are not there are a 404', async () => {
    expect((await administrator.call('POST', '/api/v1/credentials/none/reveal')).status).toBe(404);
    expect((await administrator.call('POST', '/v1/apps/none/rotate-secret')).status).toBe(404);
  });
});

// What follows takes the first tokens away from everybody.
describe('a token in time', () => {
  test('is refused when it is none of ours, was changed or has expired', async () => {
    const token = String((await exchange(app.clientSecret)).body['accessToken']);
    const [head, claims = '', signature] = token.split('.');
    const forged = Buffer.from(Buffer.from(claims, 'base64url').toString().replace('quayside', 'quayside ')).toString(
      'base64url',
    );
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`;
    for (const wrong of ['nonsense', `${head}.${forged}.${signature}`, unsigned, `${token}x`]) {
      expect(await statusWith(`Bearer ${wrong}`)).toBe(401);
    }
    clock.advance(threeHours - 1_000);
    expect(await statusWith(`Bearer ${token}`)).toBe(200);
    clock.advance(2_000);
    expect(await statusWith(`Bearer ${token}`)).toBe(401);
  });

  test('ends with a rotation; new ones work at once, and the new secret is told once', async () => {
    const id = await credentialId();
    const old = String((await exchange(app.clientSecret)).body['accessToken']);
    expect(await statusWith(old)).toBe(200);
    const rotated = await administrator.call('POST', `/v1/apps/${id}/rotate-secret`);
    const { clientId, secret } = rotated.body['app'] as { clientId: string; secret: string };
    expect(clientId).toBe(app.clientId);
    expect(await statusWith(old)).toBe(401);
    expect((await exchange(app.clientSecret)).status).toBe(401);
    expect(await statusWith(String((await exchange(secret)).body['accessToken']))).toBe(200);
    const audit = await administrator.call('GET', '/v1/audit-log?limit=1000');
    expect(JSON.stringify(audit.body)).not.toContain(secret);
  });

  test('is not kept as the answer of a repeated request, nor is a secret or a link', async () => {
    const id = await credentialId();
    const key = { 'idempotency-key': 'one' };
    const rotated = await administrator.call('POST', `/v1/apps/${id}/rotate-secret`, undefined, key);
    await administrator.call('POST', `/api/v1/credentials/${id}/reveal`, undefined, key);
    await administrator.call('POST', '/api/v1/invitations', { email: 'new@example.com' }, key);
    const stored = await sql`select * from idempotency_key`.execute(app.app.core.db);
    expect(JSON.stringify(stored.rows)).not.toContain((rotated.body['app'] as { secret: string }).secret);
    expect(stored.rows).toEqual([]);
  });
});

describe('API credentials', () => {
  test('get another name', async () => {
    const path = `/v1/apps/${await credentialId()}`;
    const renamed = await administrator.call('PUT', path, { name: 'For CI' });
    expect(renamed).toMatchObject({ status: 200, body: { app: { name: 'For CI', enabled: true } } });
    expect(JSON.stringify(renamed.body)).not.toMatch(/secret/i);
    expect((await administrator.call('PUT', path, { name: '' })).status).toBe(422);
  });

  test('end with their tokens when they are deleted; the pair that signs stays', async () => {
    const kept = await administrator.call('DELETE', `/v1/apps/${await credentialId()}`);
    expect(kept).toMatchObject({ status: 422, body: { error: 'main_credential' } });
    await app.app.core.runner.execute(
      { actor: systemActor(app.orgId, 'tests'), origin: 'SYSTEM', requestId: null },
      createCredential(app.app.modules.secrets),
      { name: 'Spare', clientId: 'spare', clientSecret: 'spare-secret' },
    );
    const token = String((await exchange('spare-secret', 'spare')).body['accessToken']);
    expect(await statusWith(`Bearer ${token}`)).toBe(200);
    const listed = await administrator.call('GET', '/v1/apps');
    const spare = (listed.body['apps'] as { id: string; name: string }[]).find((one) => one.name === 'Spare');
    expect((await administrator.call('DELETE', `/v1/apps/${spare?.id}`)).status).toBe(200);
    expect(await statusWith(`Bearer ${token}`)).toBe(401);
    expect((await exchange('spare-secret', 'spare')).status).toBe(401);
    expect((await administrator.call('DELETE', `/v1/apps/${spare?.id}`)).status).toBe(404);
  });
});
