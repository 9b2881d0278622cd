import { secretDeriver } from '../derived-secret.ts';
import type { Faults } from '../faults.ts';
import type { FetchLike } from '../fetch-like.ts';
import { forwarder, sendAnswer } from '../forward.ts';
import { openLoopbackServer, receivedRequest } from '../loopback-server.ts';
import { bearerToken, jsonObject } from '../received-request.ts';
import { gitHubActionsRoutes } from './github-actions-routes.ts';
import type { GitHubDesk } from './github-desk.ts';
import { startGitHubEmulator } from './github-emulator.ts';
import type { GitHubAppSeed, GitHubRepositorySeed } from './github-emulator.ts';
import { portGithubAction } from './port-github-action.ts';
import type { StepActions } from './step-action.ts';
import { runDesk } from './workflow-run-desk.ts';
import type { RunDesk } from './workflow-run-desk.ts';
import type { WorkflowRun } from './workflow-run.ts';
import { workflowRunPages } from './workflow-run-page.ts';
import { repositoryWebhook } from './workflow-run-webhooks.ts';
import type { WebhookDelivery, WebhookTarget } from './workflow-run-webhooks.ts';

export interface GitHubCounterpartOptions {
  /** Must reach 127.0.0.1, Quayside, and the webhook URL. The global one by default. */
  readonly fetch?: FetchLike;
  readonly repositories: readonly GitHubRepositorySeed[];
  /** Folder whose `*.yml` files every repository has as its workflows, unless it brings its own. */
  readonly workflowsDirectory?: string;
  /** Where steps that call Port find it, without a slash at the end. */
  readonly quaysideUrl: string | (() => string);
  /** What `uses:` may name, besides `port-labs/port-github-action` and `actions/checkout`. */
  readonly steps?: StepActions;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly webhook?: WebhookTarget;
  readonly app?: GitHubAppSeed;
  /** False makes it an Enterprise Server that does not know `return_run_details`. */
  readonly knowsRunDetails?: boolean;
  /** Milliseconds a run stays queued and each step takes at least; 0 by default. */
  readonly pace?: { readonly queuedMilliseconds?: number; readonly stepMilliseconds?: number };
  readonly port?: number;
  /** Keep it with the port, and the token stays the same after a restart. */
  readonly secret?: string;
  readonly now?: () => Date;
}

export interface GitHubCounterpart {
  readonly origin: string;
  /** The `baseUrl` of an Octokit. */
  readonly apiUrl: string;
  readonly token: string;
  /** PEM of the seeded GitHub App. */
  readonly appPrivateKey: string | undefined;
  /** Copies of all runs, newest first. */
  runs(): readonly WorkflowRun[];
  /** Resolves with the first run that passes once it is completed; rejects after the timeout. */
  readonly waitForRun: RunDesk['waitFor'];
  /** Resolves when no run is going on and every webhook went out. */
  settled(): Promise<void>;
  /** Settings → Secrets and variables → Actions. */
  readonly setSecret: RunDesk['setSecret'];
  readonly setVariable: RunDesk['setVariable'];
  /** Settings → Webhooks, for `workflow_run` events. */
  setWebhook(target: WebhookTarget | undefined): void;
  readonly deliveries: readonly WebhookDelivery[];
  readonly faults: Faults;
  close(): Promise<void>;
}

const builtInSteps: StepActions = {
  'port-labs/port-github-action': portGithubAction,
  'actions/checkout': async (_inputs, { log }) => {
    log('Nothing to check out: no step here reads files.');
    return { conclusion: 'success' };
  },
};

/** GitHub on this machine: `emulate` for repositories, issues and apps, and a runner of our own for Actions. */
export async function startGitHubCounterpart(options: GitHubCounterpartOptions): Promise<GitHubCounterpart> {
  const { fetch = globalThis.fetch, quaysideUrl } = options;
  const token = `ghp_${secretDeriver(options.secret)('token', 36)}`;
  const closing = new AbortController();
  let origin = '';
  const emulator = await startGitHubEmulator(options, token, fetch, () => origin);
  const webhook = repositoryWebhook(fetch, closing.signal);
  webhook.setTarget(options.webhook);
  const runs = runDesk({
    fetch,
    now: options.now ?? (() => new Date()),
    quaysideUrl: () => (typeof quaysideUrl === 'string' ? quaysideUrl : quaysideUrl()),
    actions: { ...builtInSteps, ...options.steps },
    secrets: { ...options.secrets },
    variables: { ...options.variables },
    token,
    pace: { queuedMilliseconds: 0, stepMilliseconds: 0, ...options.pace },
    origin: () => origin,
    repository: emulator.repository,
    webhook,
    closed: closing.signal,
  });
  const desk: GitHubDesk = {
    emulator,
    origin: () => origin,
    repositories: options.repositories,
    workflowsDirectory: options.workflowsDirectory,
    tokens: new Set([token]),
    knowsRunDetails: options.knowsRunDetails ?? true,
    disabledWorkflows: new Set(),
    runs: runs.all,
    start: runs.start,
    cancel: runs.cancel,
  };

  const server = await openLoopbackServer((app) => {
    gitHubActionsRoutes(app, desk);
    workflowRunPages(app, desk);
    const forward = forwarder(fetch, emulator.origin, () => origin);
    app.all('*', async (request, reply) => {
      const received = receivedRequest(request);
      const given = bearerToken(received);
      const isAppToken = given?.split('.').length === 3;
      if (given !== undefined && !isAppToken && !desk.tokens.has(given)) {
        return reply
          .code(401)
          .send({ message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest', status: '401' });
      }
      const answer = await forward(received);
      const minted = received.path.endsWith('/access_tokens')
        ? jsonObject(answer.body.toString('utf8'))?.['token']
        : undefined;
      if (answer.status === 201 && typeof minted === 'string') desk.tokens.add(minted);
      return sendAnswer(reply, answer);
    });
  }, options.port);
  origin = server.origin;

  return {
    origin,
    apiUrl: origin,
    token,
    appPrivateKey: emulator.appPrivateKey,
    runs: runs.copies,
    waitForRun: runs.waitFor,
    settled: runs.settled,
    setSecret: runs.setSecret,
    setVariable: runs.setVariable,
    setWebhook: webhook.setTarget,
    deliveries: webhook.deliveries,
    faults: server.faults,
    close: async () => {
      closing.abort();
      await runs.settled();
      await server.close();
      await emulator.close();
    },
  };
}
