import type { Command } from '#platform/commands/write-context.ts';
import type { Core } from '#platform/core.ts';
import { createDocumentSigner } from '#platform/crypto/document-signer.ts';
import type { Module } from '#platform/module.ts';
import type { SubjectKind } from './approval.ts';
import { approvalTimersChore } from './apply-timers.ts';
import { decideApproval, type DecideResult, type Decision } from './decide-approval.ts';
import { approvalJobs, type NotifyParts } from './jobs.ts';
import { notifyReader } from './reactions.ts';
import { recountJobs, recountReader } from './recompute-approvals.ts';
import { approvalRoutes } from './routes.ts';

export interface ApprovalsOptions {
  /** How each kind of subject takes part. */
  readonly kinds: readonly SubjectKind[];
  readonly notify: Omit<NotifyParts, 'core'>;
  /** 32 bytes from which the key that signs records is made. */
  readonly recordKey: Uint8Array;
}

export interface ApprovalsModule extends Module {
  /** For doors other than our own routes: Slack, pipelines, Port's routes. */
  readonly decide: Command<Decision, DecideResult>;
}

export function approvalsModule(core: Core, { kinds, recordKey, notify }: ApprovalsOptions): ApprovalsModule {
  const decide = decideApproval(kinds);
  const signer = createDocumentSigner(recordKey);
  return {
    name: 'approvals',
    decide,
    routes: approvalRoutes({ db: core.db, clock: core.clock, signer, decide }),
    readers: [notifyReader, recountReader],
    jobs: [...approvalJobs({ core, ...notify }), ...recountJobs(core, kinds)],
    chores: [approvalTimersChore(core, kinds)],
  };
}
