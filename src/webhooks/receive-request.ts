import { sql } from 'kysely';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import { newId } from '#platform/ids.ts';
import { problem } from '#platform/problem.ts';
import type { RequestContent } from './contract.ts';
import { receivedEvent } from './webhook-events.ts';

/** More than a job could get through in a while: a sender in a loop must not fill the database. */
const waitingLimit = 10_000;

export interface ReceiveRequestInput {
  readonly webhook: string;
  readonly content: RequestContent;
  /** The sender's name for it; the same one again is not received again. */
  readonly delivery: string | null;
}

/** Keeps a request for the job that handles it; null when it came before. */
export function receiveRequest(): Command<ReceiveRequestInput, string | null> {
  return maybeSilent(async function receiveRequestCommand(ctx: WriteContext, input: ReceiveRequestInput) {
    const { orgId } = ctx.actor;
    const id = newId('whr');
    const waiting = await sql<{ count: number }>`
      select count(*)::int as count from (select from incoming_request
        where org_id = ${orgId} and webhook = ${input.webhook} and state = 'waiting' limit ${waitingLimit}) as waiting`.execute(
      ctx.db,
    );
    if ((waiting.rows[0]?.count ?? 0) >= waitingLimit) {
      throw problem(
        'limited',
        'too_many_requests',
        'Too many requests of this webhook wait already. Send it again later.',
      );
    }
    const stored = await sql`
      insert into incoming_request (org_id, id, webhook, received_at, delivery, content, state)
      values (${orgId}, ${id}, ${input.webhook}, ${ctx.now}, ${input.delivery}, ${JSON.stringify(input.content)}::json,
        'waiting')
      on conflict (org_id, webhook, delivery) where delivery is not null do nothing`.execute(ctx.db);
    if (stored.numAffectedRows !== 1n) return null;
    ctx.emit(receivedEvent(input.webhook, id));
    return id;
  });
}
