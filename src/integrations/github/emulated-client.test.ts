import { createEmulator } from 'emulate';
import type { Emulator } from 'emulate';
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEgress, responseText } from '#platform/egress/egress.ts';
import type { Egress } from '#platform/egress/egress.ts';
import { startWebhookReceiver } from '#testing/webhook-receiver.ts';
import { createGitHubClient } from './client.ts';
import type { GitHubClient } from './client.ts';
import type { GitHubCredentials } from './authorize-requests.ts';
import { readGitHubEvent, verifyGitHubWebhook } from './verify-webhook.ts';

// The emulator was not written with this client in mind: it checks App tokens as GitHub does, signs webhooks and words
// refusals. It holds no workflows, so a dispatch can only be refused there; client.test.ts has the rest.
let emulator: Emulator;
let egress: Egress;
let appKey: string;

beforeAll(async () => {
  emulator = await createEmulator({
    service: 'github',
    port: 0,
    seed: {
      tokens: { ghp_developer: { login: 'developer', scopes: ['repo'] } },
      github: {
        users: [{ login: 'developer' }],
        orgs: [{ login: 'acme', members: [{ login: 'developer', role: 'admin' }] }, { login: 'elsewhere' }],
        repos: [
          { owner: 'developer', name: 'notes', default_branch: 'trunk' },
          { owner: 'acme', name: 'payments' },
          { owner: 'elsewhere', name: 'closed', private: true },
        ],
        apps: [
          {
            app_id: 4711,
            slug: 'quayside',
            name: 'Quayside',
            permissions: { actions: 'write', metadata: 'read' },
            installations: [{ installation_id: 99, account: 'acme' }],
          },
        ],
      },
    },
  });
  appKey = emulator.generatedSecrets.find((secret) => secret.kind === 'github.app_private_key')?.value ?? '';
  egress = createEgress({ allow: [new URL(emulator.url).host] });
});

afterAll(async () => {
  await egress.close();
  await emulator.close();
});

const clientWith = (credentials: GitHubCredentials): GitHubClient =>
  createGitHubClient({ egress, apiUrl: emulator.url, credentials });
const withToken = (): GitHubClient => clientWith({ kind: 'token', token: 'ghp_developer' });
const dispatch = { org: 'acme', repo: 'payments', workflow: 'deploy.yml', ref: 'main', inputs: {} };

describe('with a token', () => {
  test('reads a repository', async () => {
    await expect(withToken().getDefaultBranch({ org: 'developer', repo: 'notes' })).resolves.toEqual({
      ok: true,
      value: 'trunk',
    });
  });

  test('a repository and a workflow that do not exist are explained', async () => {
    await expect(withToken().getDefaultBranch({ org: 'acme', repo: 'nowhere' })).resolves.toMatchObject({
      ok: false,
      failure: { reason: 'not-found', status: 404 },
    });
    await expect(withToken().dispatchWorkflow({ ...dispatch, org: 'developer', repo: 'notes' })).resolves.toMatchObject(
      {
        ok: false,
        failure: { reason: 'not-found', message: expect.stringContaining('.github/workflows/deploy.yml') },
      },
    );
  });
});

describe('with a GitHub App', () => {
  test('finds its installation, gets a token with its key, and keeps it', async () => {
    const client = clientWith({ kind: 'app', appId: '4711', privateKey: appKey });
    for (let round = 0; round < 3; round += 1) {
      await expect(client.getDefaultBranch({ org: 'acme', repo: 'payments' })).resolves.toEqual({
        ok: true,
        value: 'main',
      });
    }
    await expect(client.dispatchWorkflow(dispatch)).resolves.toMatchObject({
      ok: false,
      failure: { reason: 'not-found' },
    });
  });

  test('a given installation is used as it is', async () => {
    const client = clientWith({ kind: 'app', appId: '4711', privateKey: appKey, installationId: '99' });
    await expect(client.getDefaultBranch({ org: 'acme', repo: 'payments' })).resolves.toMatchObject({ ok: true });
  });

  test('a key of another App is not accepted', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const client = clientWith({ kind: 'app', appId: '4711', privateKey: pem, installationId: '99' });
    const result = await client.getDefaultBranch({ org: 'acme', repo: 'payments' });
    expect(result).toMatchObject({ ok: false, failure: { reason: 'unauthorized' } });
    expect(JSON.stringify(result)).not.toContain('PRIVATE KEY');
  });

  test.each(['', 'no key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'])(
    'an unusable key (%j) is told as such',
    async (privateKey) => {
      const client = clientWith({ kind: 'app', appId: '4711', privateKey, installationId: '99' });
      await expect(client.getDefaultBranch({ org: 'acme', repo: 'payments' })).resolves.toMatchObject({
        ok: false,
        failure: { reason: 'unauthorized', message: expect.stringContaining('private key of the GitHub App') },
      });
    },
  );

  test('an organisation without the App is explained', async () => {
    const client = clientWith({ kind: 'app', appId: '4711', privateKey: appKey });
    await expect(client.dispatchWorkflow({ ...dispatch, org: 'elsewhere', repo: 'closed' })).resolves.toMatchObject({
      ok: false,
      failure: { reason: 'not-found', message: expect.stringContaining('App is not installed for elsewhere/closed') },
    });
  });
});

test('its webhooks pass the check, and only with the right secret', async () => {
  const receiver = await startWebhookReceiver();
  try {
    const headers = { authorization: 'Bearer ghp_developer', 'content-type': 'application/json' };
    const hooks = `${emulator.url}/repos/developer/notes/hooks`;
    const config = { url: receiver.url, secret: 'shared-secret', content_type: 'json' };
    const created = await egress.request({
      url: hooks,
      method: 'POST',
      headers,
      body: JSON.stringify({ config, events: ['workflow_run'] }),
    });
    const { id } = JSON.parse(responseText(created)) as { id: number };
    await egress.request({ url: `${hooks}/${id}/pings`, method: 'POST', headers });
    const [delivery] = await receiver.received(1);
    const signature = delivery?.headers['x-hub-signature-256'];
    const rawBody = delivery?.body ?? '';
    expect(verifyGitHubWebhook({ secrets: ['shared-secret'], signature, rawBody })).toEqual({ valid: true });
    expect(verifyGitHubWebhook({ secrets: ['another'], signature, rawBody })).toEqual({
      valid: false,
      reason: 'mismatch',
    });
    expect(readGitHubEvent(String(delivery?.headers['x-github-event']), JSON.parse(rawBody.toString()))).toEqual({
      kind: 'ping',
    });
  } finally {
    await receiver.close();
  }
});
