import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RawHttpServer, startRawHttpServer } from '#testing/raw-http-server.ts';
import { addPerson, signIn, type Visitor } from '#testing/sign-in.ts';
import { blockActions, slackSender } from '#testing/slack-sender.ts';
import { send, startTestApp, type TestApp } from '#testing/start-app.ts';

/** Told to the program in confidence; each must be found nowhere afterwards. */
const secret = {
  adminPassword: 'canary-admin-password-Kx81',
  clientSecret: 'canary-client-secret-Vq52-of-the-test-organisation',
  wrongPassword: 'canary-wrong-password-Lp20',
  chosenPassword: 'canary-chosen-password-Ry64',
  gitHubToken: 'canary-github-token-Zb37',
  gitHubHook: 'canary-github-hook-Wd93',
  gitLabToken: 'canary-gitlab-token-Xv19',
  gitLabTrigger: 'canary-gitlab-trigger-Hn42',
  azureToken: 'canary-azure-token-Mr73',
  kafkaPassword: 'canary-kafka-password-Ct88',
  slackToken: 'xoxb-canary-slack-token-Tn15',
  slackPath: 'T0CANARY/B0CANARY/canarySlackPathJm46',
  savedBotToken: 'xoxb-canary-saved-bot-token-Ry71',
  savedSigningSecret: 'canary-saved-signing-secret-Nh26',
  savedAppToken: 'xapp-canary-saved-app-token-Vd58',
  savedWebhookPath: 'T0CANARY/B0CANARY/canarySavedPathKu39',
  responsePath: 'canary-response-path-Lk17',
  savedGitHubToken: 'canary-saved-github-token-Ye34',
  savedGitHubKey: 'canary-saved-github-key-Oa61',
  savedGitLabToken: 'canary-saved-gitlab-token-Bw27',
  savedAzureToken: 'canary-saved-azure-token-Fi85',
  savedKafkaPassword: 'canary-saved-kafka-password-Sz40',
  organisationSecret: 'canary-organisation-secret-Hc78',
  brokenBody: 'canary-broken-body-Fs29',
  secretInput: 'canary-secret-input-Qb46',
};
/** Part of an action's or a blueprint's own document, and of what is sent because of it; nowhere else. */
const address = {
  token: 'canary-address-token-Gk50',
  header: 'canary-header-Du84',
  changelog: 'canary-changelog-Pe61',
  approval: 'canary-approval-address-Ws23',
};

let app: TestApp;
let member: Visitor;
let echo: RawHttpServer;
const logged: string[] = [];
/** What people were told while things failed. */
const answered: string[] = [];
/** Runs whose backend reported secrets. */
let toldOn = 0;

beforeAll(async () => {
  // Answers what a badly behaved endpoint would: everything it was sent.
  echo = await startRawHttpServer((request, response) => {
    const told = JSON.stringify({ message: `${request.path} ${request.body}`, headers: request.headers });
    // Slack knows the token that is saved; to everything else it answers like the rest.
    const isAsked = request.path.endsWith('/auth.test') && JSON.stringify(request.headers).includes('saved-bot-token');
    if (isAsked)
      response.end(JSON.stringify({ ok: true, team_id: 'T1', team: 'Harbour', user_id: 'U1', user: 'quay' }));
    else if (request.path.startsWith('/redirect')) response.writeHead(302, { location: request.path }).end();
    else if (/^\/reset|%2Freset\/|\/reset\//.test(request.path)) response.destroy();
    else response.writeHead(request.path.startsWith('/sync') ? 200 : 500).end(told);
  });
  app = await startTestApp({
    allow: [echo.authority],
    log: pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) }),
    environment: {
      QUAYSIDE_ADMIN_PASSWORD: secret.adminPassword,
      QUAYSIDE_CLIENT_SECRET: secret.clientSecret,
      QUAYSIDE_GITHUB_TOKEN: secret.gitHubToken,
      QUAYSIDE_GITHUB_API_URL: `${echo.origin}/github`,
      QUAYSIDE_GITHUB_WEBHOOK_SECRET: secret.gitHubHook,
      QUAYSIDE_GITLAB_URL: `${echo.origin}/gitlab`,
      QUAYSIDE_GITLAB_TOKEN: secret.gitLabToken,
      QUAYSIDE_GITLAB_TRIGGER_TOKEN: secret.gitLabTrigger,
      QUAYSIDE_AZURE_DEVOPS_URL: echo.origin,
      QUAYSIDE_AZURE_DEVOPS_TOKEN: secret.azureToken,
      QUAYSIDE_AZURE_DEVOPS_PROJECT: 'portal',
      QUAYSIDE_KAFKA_BROKERS: '127.0.0.1:1',
      QUAYSIDE_KAFKA_SASL_MECHANISM: 'PLAIN',
      QUAYSIDE_KAFKA_USERNAME: 'quayside',
      QUAYSIDE_KAFKA_PASSWORD: secret.kafkaPassword,
      QUAYSIDE_SLACK_BOT_TOKEN: secret.slackToken,
      QUAYSIDE_SLACK_API_URL: `${echo.origin}/slack`,
      QUAYSIDE_SLACK_WEBHOOK_URL: `${echo.origin}/services/${secret.slackPath}`,
    },
  });
  member = await addPerson(app, { email: 'member@example.com' });
  await fillCatalog();
  await provoke();
  await app.settle();
  await tellOnRuns();
  await provokeSlack();
  await provokeConnections();
  // Everything that can fail does, one after the other.
}, 180_000);
afterAll(async () => {
  await app.stop();
  await echo.close();
});

async function fillCatalog(): Promise<void> {
  const made = await app.call('POST', '/v1/blueprints', {
    identifier: 'service',
    title: 'Service',
    schema: { properties: { text: { type: 'string' } }, required: [] },
    changelogDestination: { type: 'WEBHOOK', url: `${echo.origin}/changes?token=${address.changelog}` },
  });
  expect(made.status).toBe(201);
  const kept = await app.call('POST', '/v1/organization/secrets', {
    secretName: 'canary',
    secretValue: secret.organisationSecret,
  });
  expect(kept.status).toBeLessThan(300);
  await app.call('POST', '/v1/blueprints/service/entities', { identifier: 'one', properties: { text: 'a' } });
}

const methods: readonly object[] = [
  ...['/fail', '/redirect', '/reset', '/sync'].map((path) => ({
    type: 'WEBHOOK',
    url: `${echoed(path)}?token=${address.token}`,
    headers: { Authorization: address.header, 'X-Kept': '{{ .secrets.canary }}' },
    synchronized: path === '/sync',
    body: { hidden: '{{ .secrets.canary }}', run: '{{ .run.id }}', key: '{{ .inputs.key }}' },
  })),
  { type: 'WEBHOOK', url: `http://127.0.0.1:1/?token=${address.token}`, headers: { Authorization: address.header } },
  { type: 'WEBHOOK', url: `http://10.0.0.1/?token=${address.token}`, body: '{{ .secrets.canary }}' },
  { type: 'WEBHOOK', url: `{{ .inputs.base }}/?token=${address.token}`, body: '{{ .secrets.canary | error }}' },
  { type: 'WEBHOOK', url: 'http://{{ .secrets.canary }}.invalid/' },
  { type: 'WEBHOOK', url: 'https://example.com/', headers: { '{{ .secrets.canary }} ': 'a', a: '\n' } },
  { type: 'GITHUB', org: 'no name: {{ .secrets.canary }}', repo: 'b', workflow: 'c.yml' },
  { type: 'WEBHOOK', url: '{{ .secrets.canary }}' },
  { type: 'WEBHOOK', url: `${echoed('/fail')}/{{ .secrets.canary }}` },
  { type: 'WEBHOOK', url: echoed('/sync'), synchronized: true, body: '{{ .secrets.canary | tonumber }}' },
  { type: 'GITHUB', org: 'a', repo: 'b', workflow: 'c.yml', workflowInputs: { hidden: '{{ .secrets.canary }}' } },
  ...['fail', 'reset'].map((repo) => ({
    type: 'GITHUB',
    org: 'a',
    repo,
    workflow: 'c.yml',
    workflowInputs: {
      hidden: '{{ .secrets.canary }}',
      key: '{{ .inputs.key }}',
      url: `https://x.example/?token=${address.token}`,
    },
  })),
  ...['fail', 'reset'].map((projectName) => ({
    type: 'GITLAB',
    groupName: 'a',
    projectName,
    pipelineVariables: { HIDDEN: '{{ .secrets.canary }}', KEY: '{{ .inputs.key }}' },
  })),
  ...['fail', 'reset'].map((org) => ({
    type: 'AZURE_DEVOPS',
    org,
    webhook: 'w',
    payload: { hidden: '{{ .secrets.canary }}', key: '{{ .inputs.key }}' },
  })),
  { type: 'KAFKA', payload: { hidden: '{{ .secrets.canary }}', key: '{{ .inputs.key }}' } },
  {
    type: 'INTEGRATION_ACTION',
    installationId: 'x',
    integrationActionExecutionProperties: { hidden: '{{ .secrets.canary }}', key: '{{ .inputs.key }}' },
  },
  {
    type: 'WEBHOOK',
    agent: true,
    url: `http://inside.example/?token=${address.token}`,
    headers: { Authorization: address.header },
    body: { hidden: '{{ .secrets.canary }}', key: '{{ .inputs.key }}' },
  },
  { type: 'SLACK_MESSAGE', channel: 'x', text: 'Hello {{ .secrets.canary }}' },
];

/** What is entered into `key` may be computed with by nothing, and is nowhere but at the backend, encrypted. */
const secretForm = {
  properties: {
    key: { type: 'string', encryption: 'aes256-gcm', pattern: '^canary' },
    copy: {
      type: 'string',
      default: { jqQuery: '.form.key | tostring' },
      visible: { jqQuery: '.form.key | tonumber' },
    },
  },
};

/** Known only once the server listens. */
function echoed(path: string): string {
  return `ECHO${path}`;
}

async function provoke(): Promise<void> {
  for (const [index, method] of methods.entries()) {
    const invocationMethod = JSON.parse(JSON.stringify(method).replaceAll('ECHO', echo.origin)) as object;
    const saved = await app.call('POST', '/v1/actions', {
      identifier: `action${index}`,
      trigger: { type: 'self-service', operation: 'CREATE', blueprintIdentifier: 'service', userInputs: secretForm },
      invocationMethod,
    });
    expect(saved.status).toBe(200);
    const properties = { key: secret.secretInput };
    await app.call('POST', `/v1/actions/action${index}/runs`, { properties }, { 'idempotency-key': `run-${index}` });
    for (const body of [{ properties }, { properties: { key: [secret.secretInput] } }, { properties, entity: 7 }]) {
      const asked = await member.call('POST', `/v1/actions/action${index}/runs`, body);
      answered.push(JSON.stringify(asked.body));
    }
    const form = await member.call('POST', `/api/v1/actions/action${index}/form`, { properties });
    answered.push(JSON.stringify(form.body));
  }
  const bare = (method: string, path: string, body: unknown): Promise<unknown> =>
    send(`${app.url}${path}`, method, body, {});
  answered.push(
    JSON.stringify(await bare('POST', '/api/v1/session', { email: app.adminEmail, password: secret.wrongPassword })),
  );
  await bare('POST', '/api/v1/session', `{"email": "a@example.com", "password": "${secret.brokenBody}`);
  await bare('POST', '/api/v1/session', { email: app.adminEmail, password: [secret.wrongPassword] });
  await bare('POST', '/v1/auth/access_token', { clientId: app.clientId, clientSecret: secret.wrongPassword });
  await bare('POST', '/hooks/github', { secret: secret.brokenBody });
  await app.call('POST', '/api/v1/scorecards/remind', { blueprint: 'service', scorecard: 'none' });
  await signIn(app, app.adminEmail, secret.adminPassword);
  const invited = await app.call('POST', '/api/v1/invitations', { email: 'other@example.com' });
  const token = String((invited.body['invitation'] as { link: string }).link.split('/').at(-1));
  const acceptance = { firstName: 'A', lastName: 'B', password: secret.chosenPassword };
  await bare('POST', `/api/v1/invitations/${token}/accept`, acceptance);
  await bare('POST', `/api/v1/invitations/${token}/accept`, acceptance);
  Object.assign(secret, { invitation: token, session: member.cookie.split('=')[1], csrf: member.csrfToken });
  const [credential] = (await app.call('GET', '/v1/apps')).body['apps'] as readonly { id: string }[];
  await app.call('POST', `/api/v1/credentials/${credential?.id}/reveal`, undefined, { 'idempotency-key': 'reveal' });
}

/** A connection that the organisation saved, and everything that may fail with it. */
async function provokeSlack(): Promise<void> {
  const path = '/api/v1/integrations/slack';
  const saved = {
    botToken: secret.savedBotToken,
    signingSecret: secret.savedSigningSecret,
    appToken: secret.savedAppToken,
    webhookUrl: `${echo.origin}/services/${secret.savedWebhookPath}`,
    channel: 'x',
  };
  const bad = [{ botToken: `no token: ${secret.savedBotToken}` }, { appToken: [secret.savedAppToken] }];
  for (const change of [...bad, saved, { mode: 'webhook' }, { mode: 'bot' }, { keepFormerSecret: true }]) {
    answered.push(JSON.stringify((await app.call('PUT', path, change)).body));
  }
  expect((await app.call('GET', path)).body['connection']).toMatchObject({ source: 'settings', hasAppToken: true });
  for (const route of ['test', 'test-message']) {
    answered.push(JSON.stringify((await app.call('POST', `${path}/${route}`)).body));
  }
  const message = { type: 'SLACK_MESSAGE', channel: 'x', text: 'Hello' };
  const trigger = { type: 'self-service', operation: 'CREATE', userInputs: { properties: {} } };
  for (const [identifier, requiredApproval] of [
    ['told', false],
    ['asked', true],
  ] as const) {
    await app.call('POST', '/v1/actions', {
      identifier,
      trigger,
      invocationMethod: message,
      requiredApproval,
      approvalNotification: { type: 'webhook', format: 'json', url: `${echo.origin}/fail?token=${address.approval}` },
    });
    answered.push(JSON.stringify((await app.call('POST', `/v1/actions/${identifier}/runs`, { properties: {} })).body));
  }
  await app.call('GET', `${path}/channels`);
  const forged = { 'x-slack-signature': secret.savedSigningSecret, 'x-slack-request-timestamp': '1' };
  const callback = '/notifications/callbacks/slack';
  answered.push(JSON.stringify((await send(`${app.url}${callback}`, 'POST', secret.savedBotToken, forged)).body));
  await app.settle();
  for (const chore of app.app.modules.list.flatMap((module) => module.chores ?? [])) {
    if (chore.name === 'keep-slack-sockets') await chore.run();
  }
  await app.settle();
  await clickInSlack();
  answered.push(JSON.stringify((await app.call('GET', `${path}/messages`)).body));
}

/** A click that Slack signed, with an address that only Slack and we may know. */
async function clickInSlack(): Promise<void> {
  const payload = blockActions({
    team: { id: 'T1', domain: 'harbour' },
    user: { id: 'U9', name: 'somebody', team_id: 'T1' },
    response_url: `${echo.origin}/actions/${secret.responsePath}`,
    actions: [
      { type: 'button', action_id: 'approval:approve', block_id: 'approval:x:1', value: '{', action_ts: '1.1' },
    ],
  });
  expect(await slackSender(app.url, secret.savedSigningSecret).interact(payload)).toMatchObject({ status: 200 });
  await app.settle();
}

/** Connections that the organisation saved and tried out, with everything that may be wrong with them. */
async function provokeConnections(): Promise<void> {
  const kinds = {
    github: [
      { apiUrl: `${echo.origin}/reset` },
      { token: secret.savedGitHubToken, webhookSecret: secret.savedGitHubKey },
    ],
    gitlab: [
      { url: `${echo.origin}/gitlab` },
      { token: secret.savedGitLabToken, triggerToken: secret.savedGitLabToken },
    ],
    'azure-devops': [{ url: echo.origin, project: 'p' }, { token: secret.savedAzureToken }],
    kafka: [{ brokers: ['127.0.0.1:1'] }, { username: 'u', password: secret.savedKafkaPassword }],
  };
  for (const [kind, [settings, secrets]] of Object.entries(kinds)) {
    const path = `/api/v1/connections/${kind}`;
    const key = { appId: '1', installationId: '1' };
    const odd = kind === 'github' ? [{ settings: key, secrets: { privateKey: secret.savedGitHubKey } }] : [];
    const wrong = [{ settings, secrets: { ...secrets, token: [Object.values(secrets ?? {})[0]] } }];
    for (const body of [...wrong, ...odd, { settings, secrets }]) {
      answered.push(JSON.stringify((await app.call('POST', `${path}/test`, body)).body));
      answered.push(JSON.stringify((await app.call('PUT', path, body)).body));
    }
  }
  for (const [index] of methods.entries()) {
    const asked = { properties: { key: secret.secretInput } };
    answered.push(JSON.stringify((await app.call('POST', `/v1/actions/action${index}/runs`, asked)).body));
  }
  await app.settle();
}

/** The secrets that a method brings to its backend. */
function broughtBy(method: object | undefined): readonly string[] {
  const text = JSON.stringify(method);
  const organisations = text.includes('.secrets.') ? [secret.organisationSecret] : [];
  return [secret.secretInput, ...organisations, ...Object.values(address).filter((one) => text.includes(one))];
}

/** What a careless backend reports: everything it was sent. Runs of every kind of backend that are still open. */
async function tellOnRuns(): Promise<void> {
  const { body } = await app.call('GET', '/v1/actions/runs?active=true&limit=1000');
  for (const { id, action } of body['runs'] as readonly { readonly id: string; readonly action: string }[]) {
    const told = broughtBy(methods[Number(action.replace('action', ''))]).join(' ');
    const run = `/v1/actions/runs/${id}`;
    const key = { 'idempotency-key': `tell-${id}` };
    const change = { summary: told, message: { [told]: told }, link: `https://x.example/?${told}`, statusLabel: told };
    const answers = [
      await app.call('PATCH', run, { ...change, externalRunId: told }),
      await app.call('PATCH', `${run}/response`, { response: { a: [told] } }),
      await app.call('POST', `${run}/logs`, { message: `set -x\n+ curl ${told} -v`, statusLabel: told }, key),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 201]);
    answered.push(JSON.stringify(answers.map((answer) => answer.body)));
    toldOn += 1;
  }
}

/** Every row of every table, as text. */
async function dump(leftOut: RegExp = /^$/): Promise<readonly string[]> {
  const { pool } = app.database.database;
  const tables = await pool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const rows: string[] = [];
  for (const { name } of tables.rows.filter((table) => !leftOut.test(table.name))) {
    const found = await pool.query<{ row: string }>(`select t::text as row from ${name} t`);
    rows.push(...found.rows.map(({ row }) => `${name}: ${row}`));
  }
  return rows;
}

function leaks(texts: readonly string[], canaries: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(canaries).flatMap(([name, canary]) =>
    texts.filter((text) => text.includes(canary)).map((text) => `${name}: ${text.slice(0, 1_000)}`),
  );
}

test('the failures happened: calls went out, runs ended, deliveries failed', async () => {
  expect(echo.seen.map((request) => request.path.split('?')[0])).toEqual(
    expect.arrayContaining(['/fail', '/redirect', '/reset', '/sync', '/changes']),
  );
  expect(echo.seen.some((request) => request.headers['x-kept'] === secret.organisationSecret)).toBe(true);
  const runs = (await app.call('GET', '/v1/actions/runs?version=v2')).body['runs'] as readonly { status: string }[];
  expect(runs.filter((run) => run.status === 'FAILURE').length).toBeGreaterThan(5);
  expect(toldOn).toBeGreaterThan(7);
});

test('no secret is in the database other than sealed or hashed', async () => {
  expect(leaks(await dump(), secret)).toEqual([]);
});

test('no secret is in the log', () => {
  expect(logged.length).toBeGreaterThan(20);
  expect(leaks(logged, { ...secret, ...address })).toEqual([]);
});

test('secrets in addresses and headers are where they were written, and with what is on its way, alone', async () => {
  const { changelog, ...others } = address;
  expect(leaks(await dump(/\.(action|approval|blueprint)$/), others)).toEqual([]);
  expect(leaks(await dump(/\.(blueprint|event(_\w+)?|delivery)$/), { changelog })).toEqual([]);
});

test('no refusal repeats a secret', () => {
  expect(answered.length).toBeGreaterThan(5);
  expect(leaks(answered, { ...secret, ...address })).toEqual([]);
});

test('no secret is in an answer, for an administrator', async () => {
  const answers = await readEverything(async (path) => (await app.call('GET', path)).body);
  expect(leaks(answers, secret)).toEqual([]);
});

test('a member is shown no secret of an address or a header either', async () => {
  const answers = await readEverything(async (path) => (await member.call('GET', path)).body);
  const { csrf: _, ...others } = secret as Record<string, string>;
  expect(leaks(answers, { ...others, ...address })).toEqual([]);
});

/** All that can be read, with the names of what there is in the place of parameters. */
async function readEverything(read: (path: string) => Promise<unknown>): Promise<readonly string[]> {
  const { pool } = app.database.database;
  const runs = await pool.query<{ id: string }>('select id from run');
  const approvals = await pool.query<{ id: string }>('select id from approval');
  const names: Readonly<Record<string, readonly string[]>> = {
    run: runs.rows.map((row) => row.id),
    approval: approvals.rows.map((row) => row.id),
    action: [...methods.map((_, index) => `action${index}`), 'told', 'asked'],
    blueprint: ['service'],
    entity: ['one'],
    email: ['member@example.com'],
  };
  const paths = app.app.modules.list
    .flatMap((module) => module.routes ?? [])
    .filter((route) => route.method === 'GET' && !/stream$|\/live$|\*/.test(route.path))
    .flatMap((route) => {
      const parameter = /:(\w+)(?!.*:)/.exec(route.path)?.[1] ?? '';
      const path = route.path.replace(':blueprint', 'service');
      return (names[parameter] ?? ['x']).map((name) => path.replace(/:\w+/, name));
    });
  const answers: string[] = [];
  for (const path of [...new Set(paths), '/docs/openapi.json']) {
    answers.push(`${path}: ${JSON.stringify(await read(path))}`);
  }
  return answers;
}
