import { sql } from 'kysely';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import type { MappingProblem } from './contract.ts';
import { handledEvent } from './webhook-events.ts';

export interface Outcome {
  readonly written: number;
  readonly deleted: number;
  readonly problems: readonly MappingProblem[];
}

const problemsKept = 50;

export interface RecordOutcomeInput {
  readonly webhook: string;
  readonly request: string;
  /** Null when the webhook is switched off and nothing was looked at. */
  readonly outcome: Outcome | null;
}

/** Says once what came of a request. */
export function recordOutcome(): Command<RecordOutcomeInput, void> {
  return maybeSilent(async function recordOutcomeCommand(ctx: WriteContext, input: RecordOutcomeInput) {
    const { webhook, request, outcome } = input;
    const state = outcome === null ? 'dropped' : outcome.problems.length > 0 ? 'failed' : 'done';
    const kept = outcome === null ? null : { ...outcome, problems: outcome.problems.slice(0, problemsKept) };
    const stored = await sql`
      update incoming_request set state = ${state}, outcome = ${kept === null ? null : JSON.stringify(kept)}::json
      where org_id = ${ctx.actor.orgId} and id = ${request} and state = 'waiting'`.execute(ctx.db);
    if (stored.numAffectedRows !== 1n) return;
    const { written = 0, deleted = 0, problems = [] } = outcome ?? {};
    // Messages quote what was sent; whoever may see that finds them beside the request.
    ctx.emit(handledEvent(webhook, request, { state, written, deleted, problems: problems.length }));
  });
}
