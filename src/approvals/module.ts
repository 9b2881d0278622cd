import type { Command } from '#platform/commands/write-context.ts';
import type { Core } from '#platform/core.ts';
import type { Module } from '#platform/module.ts';
import type { SubjectKind } from './approval.ts';
import { approvalTimersChore } from './apply-timers.ts';
import { decideApproval, type DecideResult, type Decision } from './decide-approval.ts';

export interface ApprovalsOptions {
  /** How each kind of subject takes part. */
  readonly kinds: readonly SubjectKind[];
}

export interface ApprovalsModule extends Module {
  /** For doors other than our own routes: Slack, pipelines, Port's routes. */
  readonly decide: Command<Decision, DecideResult>;
}

export function approvalsModule(core: Core, { kinds }: ApprovalsOptions): ApprovalsModule {
  return { name: 'approvals', decide: decideApproval(kinds), chores: [approvalTimersChore(core, kinds)] };
}
