import type { FastifyInstance } from 'fastify';
import { type AccessModule, accessModule } from '#access/module.ts';
import { createSigningSecrets } from '#access/credential-store.ts';
import { createServiceAccounts } from '#access/create-service-account.ts';
import { actionBlueprintHook } from '#actions/delete-blueprint-actions.ts';
import { actionsModule } from '#actions/module.ts';
import { createReadAction } from '#actions/read-action.ts';
import { createRunStarts } from '#actions/start-run.ts';
import { type ApprovalsModule, approvalsModule, type ApprovalsOptions } from '#approvals/module.ts';
import type { EntityParts } from '#catalog/apply-changes.ts';
import { type Blueprints, createBlueprints } from '#catalog/blueprint-queries.ts';
import { createDerivation } from '#catalog/derived/derive-entities.ts';
import { catalogModule } from '#catalog/module.ts';
import { deliveriesModule } from '#deliveries/module.ts';
import { historyModule } from '#history/module.ts';
import { homeModule } from '#home/module.ts';
import { organisationById } from '#organisation/organisation-store.ts';
import { organisationModule } from '#organisation/module.ts';
import { viewBlueprintHook } from '#catalog/views/delete-blueprint-views.ts';
import { pipelineBlueprintHook } from '#pipelines/follow-blueprint.ts';
import { runBlueprintHook } from '#runs/follow-blueprint.ts';
import { webhookBlueprintHook } from '#webhooks/follow-blueprint.ts';
import { pageBlueprintHook, pagesModule } from '#pages/module.ts';
import { constraintSubject } from '#pipelines/environments/judge-constraint.ts';
import { pipelinesModule } from '#pipelines/module.ts';
import type { Core } from '#platform/core.ts';
import { subKey } from '#platform/crypto/sub-key.ts';
import { createMailer, type Mailer } from '#platform/mail/mailer.ts';
import { createSecretBox, masterKey, type SecretBox } from '#platform/crypto/secret-box.ts';
import { createEgress, type Egress } from '#platform/egress/egress.ts';
import type { Tx } from '#platform/db/handles.ts';
import { createChangeWatch } from '#platform/events/change-watch.ts';
import type { QueuedJob } from '#platform/events/reader.ts';
import type { Credentials, Identity } from '#platform/http/server.ts';
import { createJqPool } from '#platform/jq/jq-pool.ts';
import type { Module } from '#platform/module.ts';
import type { RunBackend } from '#runs/backend.ts';
import { runsModule } from '#runs/module.ts';
import { sampleModule } from '#sample/module.ts';
import { runSubject } from '#runs/decide-run.ts';
import { assertRunOpen } from '#runs/run-store.ts';
import { exemptionSubject } from '#scorecards/decide-exemption.ts';
import { createScoreSource } from '#scorecards/compile-scores.ts';
import { scorecardBlueprintHook, scorecardsModule } from '#scorecards/module.ts';
import { postNotice } from '#slack/post-notice.ts';
import { webhooksModule } from '#webhooks/module.ts';
import { buildActionParts } from './build-actions.ts';
import { createFind, findSources } from './find-sources.ts';
import type { AppOptions } from './build-app.ts';
import { buildIntegrations } from './build-integrations.ts';
import { createOwnApi } from './own-api.ts';
import { buildSlack } from './slack-wiring.ts';

/** Every module of the product, wired by hand. Nothing else knows them all. */
export interface Modules {
  readonly list: readonly Module[];
  readonly secrets: SecretBox;
  readonly egress: Egress;
  /** For commands on entities that no route runs. */
  readonly entityParts: EntityParts;
  readonly authenticate: (credentials: Credentials) => Promise<Identity | null>;
  /** Gives the modules the server that answers their routes. */
  readonly attachHttp: (http: FastifyInstance) => void;
  /** After each commit of this process that wrote events. */
  readonly onCommitted: (orgId: string) => void;
  close(): Promise<void>;
}

/** The job queue, which is built after the modules because it needs their handlers. */
export interface Queue {
  enqueue<Data extends object>(tx: Tx, queue: string, jobs: readonly QueuedJob<Data>[]): Promise<void>;
  enqueueNow<Data extends object>(queue: string, jobs: readonly QueuedJob<Data>[]): Promise<void>;
  /** Says that jobs of this queue were committed: this process looks at once. */
  wake(queue: string): void;
}

const blueprintHooks = [
  scorecardBlueprintHook,
  viewBlueprintHook,
  actionBlueprintHook,
  pageBlueprintHook,
  webhookBlueprintHook,
  pipelineBlueprintHook,
  runBlueprintHook,
];
const jqThreads = 2;
const jqDeadlineMs = 1_000;
const jqOutputBytes = 1_048_576;

function buildEntityParts(
  known: Pick<EntityParts, 'blueprints' | 'scores' | 'derivation'>,
  secrets: SecretBox,
): EntityParts {
  return { ...known, accounts: createServiceAccounts(secrets), runGate: { assertOpen: assertRunOpen } };
}

export function buildModules(core: Core, options: AppOptions, queue: Queue): Modules {
  const { enqueueNow } = queue;
  const secrets = createSecretBox({ current: masterKey(options.keys.secrets) });
  const egress = createEgress({ allow: [...options.config.egressAllow, ...(options.emulatorAddresses ?? [])] });
  const jq = createJqPool({ size: jqThreads, deadlineMs: jqDeadlineMs, maxOutputBytes: jqOutputBytes, log: core.log });
  const blueprints = createBlueprints();
  const signingSecret = createSigningSecrets(core.db, secrets, core.clock);
  const scores = createScoreSource(core.clock);
  const derivation = createDerivation({ blueprints, jq, clock: core.clock });
  const entityParts = buildEntityParts({ blueprints, scores, derivation }, secrets);
  const shared = { core, options, queue, secrets, egress };
  const find = createFind(core, blueprints);
  const outside = { egress, mailer: buildMailer(options), signingSecret, enqueueNow };
  const approvals = buildApprovals(core, options, { ...outside, blueprints });
  const slack = buildSlack({ ...shared, decide: approvals.decide });
  const ownApi = createOwnApi();
  const integrations = buildIntegrations({ ...shared, entityParts, slack: slack.connections, signingSecret, ownApi });
  const backends: readonly RunBackend[] = [...integrations.backends, ...slack.backends];
  const watch = createChangeWatch(core.db, core.log);
  const access = buildAccess(core, options, secrets);
  const actions = buildActionParts({ core, jq, secrets, blueprints, backends, clientSecret: signingSecret });
  const slackApp = slack.createModule({ actions, find });
  return {
    list: [
      access,
      organisationModule(core, secrets),
      catalogModule(core, { ...entityParts, blueprintHooks, findSources }),
      scorecardsModule({ core, ...entityParts }),
      slackApp,
      actionsModule({ ...actions, starts: createRunStarts(core), readAction: createReadAction(core.db) }),
      approvals,
      pipelinesModule(core, {
        ...outside,
        actions,
        watch,
        decide: approvals.decide,
        retention: options.config,
        postNotice: async (notice) => postNotice(slack.reminders, notice),
      }),
      runsModule(core, { retention: options.config, secrets, backends, decide: approvals.decide, watch, enqueueNow }),
      deliveriesModule({ core, egress, secrets, signingSecret, enqueueNow }),
      historyModule(core, watch),
      webhooksModule({ core, catalog: entityParts, secrets, jq }),
      pagesModule(core, blueprints),
      homeModule(core),
      integrations.module,
      sampleModule(options.sampleSlack ?? null),
    ],
    secrets,
    egress,
    entityParts,
    authenticate: ownApi.authenticate(access.authenticate),
    attachHttp: (http) => ownApi.attach(http),
    onCommitted: (orgId) => watch.wake(orgId),
    close: async () => {
      watch.stop();
      for (const part of [slackApp, integrations, jq, egress]) await part.close();
    },
  };
}

function buildApprovals(
  core: Core,
  { keys }: AppOptions,
  {
    blueprints,
    ...out
  }: ApprovalsOptions['notify'] & {
    readonly blueprints: Blueprints;
  },
): ApprovalsModule {
  return approvalsModule(core, {
    kinds: [runSubject, constraintSubject, exemptionSubject(blueprints)],
    recordKey: subKey(keys.secrets, 'approval records'),
    notify: out,
  });
}

function buildMailer({ config }: AppOptions): Mailer | null {
  const { smtpUrl: url, mailFrom: from, egressAllow: allow } = config;
  return url === null ? null : createMailer({ url, from, allow });
}

function buildAccess(core: Core, options: AppOptions, secrets: SecretBox): AccessModule {
  return accessModule(core, {
    secrets,
    tokenKey: options.keys.tokens,
    csrfKey: options.keys.csrf,
    describeOrganisation: async (orgId) => {
      const { id, name } = await organisationById(core.db, orgId);
      return { id, name, sample: (options.sampleSlack ?? null) !== null };
    },
  });
}
