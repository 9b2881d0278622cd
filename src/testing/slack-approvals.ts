import type { Approval, ApprovalRequest } from '#approvals/approval.ts';
import { findApproval } from '#approvals/approval-queries.ts';
import { requestApproval } from '#approvals/request-approval.ts';
import { systemActor } from '#platform/commands/actor.ts';
import type { SlackMessage } from '#sample/counterparts/slack/slack-channel-view.ts';
import { type SlackCounterpart, startSlackCounterpart } from '#sample/counterparts/slack/slack-counterpart.ts';
import { startTestApp, type TestApp } from './start-app.ts';

/** The whole program with a Slack workspace, and approvals that are told of there. */
export interface SlackApprovals {
  readonly app: TestApp;
  readonly slack: SlackCounterpart;
  /** Asks `judge@example.com` unless told otherwise. */
  ask(given?: Partial<ApprovalRequest>): Promise<Approval>;
  stateOf(approval: Approval): Promise<Approval | null>;
  /** Its messages in a channel, oldest first, those in threads left out. */
  messagesOf(approval: Approval, channel?: string): Promise<readonly SlackMessage[]>;
  /** Its one message in a channel. */
  cardOf(approval: Approval, channel?: string): Promise<SlackMessage>;
  /** Presses a button of its card and lets the work be done. */
  press(approval: Approval, verb: string, user?: string): Promise<void>;
  /** Has what waits for a later time done now. */
  retryNow(): Promise<void>;
  stop(): Promise<void>;
}

interface SlackApprovalsOptions {
  readonly channels?: readonly { readonly name: string; readonly botIsMember?: boolean }[];
  readonly users?: readonly { readonly name: string }[];
  readonly environment?: (slack: SlackCounterpart) => Readonly<Record<string, string>>;
  readonly allow?: readonly string[];
}

const usualChannel = 'deployments';

export async function startSlackApprovals(options: SlackApprovalsOptions = {}): Promise<SlackApprovals> {
  const slack = await startSlackCounterpart({
    fetch,
    channels: options.channels ?? [{ name: usualChannel }],
    users: options.users ?? [{ name: 'judge' }, { name: 'member' }],
  });
  const app = await startTestApp({
    allow: [new URL(slack.origin).host, ...(options.allow ?? [])],
    environment: {
      QUAYSIDE_SLACK_BOT_TOKEN: slack.botToken,
      QUAYSIDE_SLACK_SIGNING_SECRET: slack.signingSecret,
      QUAYSIDE_SLACK_API_URL: slack.apiUrl,
      QUAYSIDE_SLACK_CHANNEL: usualChannel,
      ...options.environment?.(slack),
    },
  });
  slack.setInteractivityUrl(`${app.url}/notifications/callbacks/slack`);
  const stop = async (): Promise<void> => {
    await app.stop();
    await slack.close();
  };
  return { app, slack, ...approvalsIn(app, slack), stop };
}

function approvalsIn(app: TestApp, slack: SlackCounterpart): Omit<SlackApprovals, 'app' | 'slack' | 'stop'> {
  let subjects = 0;
  const messagesOf: SlackApprovals['messagesOf'] = async ({ title }, channel = usualChannel) => {
    const all = await slack.listMessages(channel);
    return all.filter(({ text, blocks }) => JSON.stringify([text, blocks]).includes(title));
  };
  const cardOf: SlackApprovals['cardOf'] = async (approval, channel) => {
    const found = await messagesOf(approval, channel);
    if (found.length !== 1 || found[0] === undefined) throw new Error(`There are ${found.length} messages about it`);
    return found[0];
  };
  return {
    messagesOf,
    cardOf,
    async ask(given = {}) {
      subjects += 1;
      const caller = { actor: systemActor(app.orgId, 'tests'), origin: 'SYSTEM', requestId: null } as const;
      const approval = await app.app.core.runner.execute(caller, requestApproval, {
        subject: { kind: 'stage', id: `stage-${subjects}`, attempt: 1 },
        title: `Deploy number ${subjects}.`,
        summary: '',
        contentHash: 'hash',
        requestedBy: 'somebody',
        requestedByName: 'Somebody',
        approvers: { users: ['judge@example.com'], roles: [], teams: [] },
        ...given,
      });
      await app.settle();
      return approval;
    },
    stateOf: async ({ id }) => findApproval(app.app.core.db, app.orgId, id),
    async press(approval, verb, user = 'judge') {
      const { ts } = await cardOf(approval);
      const answer = await slack.click({ channel: usualChannel, ts, actionId: `approval:${verb}`, user });
      if (answer.status !== 200) throw new Error(`A click was answered ${answer.status}`);
      await app.settle();
    },
    async retryNow() {
      await app.database.database.pool.query(`update job.job set start_after = now() where state < 'completed'`);
      await app.settle();
    },
  };
}
