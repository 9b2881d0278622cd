import { sql } from 'kysely';
import { type CommandRunner, createCommandRunner } from '#platform/commands/command-runner.ts';
import { systemActor } from '#platform/commands/actor.ts';
import { systemClock } from '#platform/clock.ts';
import type { Db } from '#platform/db/handles.ts';
import type { LoggedEvent, NewEvent } from '#platform/events/event.ts';
import { eventsAfter } from '#platform/events/read-events.ts';

/** An organisation of its own in a test database, with nothing but a log. */
export async function addOrganisation(db: Db, orgId: string): Promise<void> {
  await sql`insert into organisation (id, name, created_at) values (${orgId}, ${orgId}, now())`.execute(db);
  await sql`insert into event_counter (org_id) values (${orgId})`.execute(db);
}

export function testEvent(subject: string, value: unknown = 1): NewEvent {
  return {
    kind: 'thing.changed',
    resource: 'thing',
    action: 'UPDATE',
    subject,
    context: {},
    before: {},
    after: { value },
  };
}

export const plainAnswers = { seal: (text: string) => text, open: (text: string) => text };

export function testRunner(db: Db, onCommitted: (orgId: string) => void = () => undefined): CommandRunner {
  return createCommandRunner({ db, clock: systemClock, answers: plainAnswers, onCommitted });
}

export function callerOf(orgId: string) {
  return { actor: systemActor(orgId, 'test'), origin: 'API', requestId: null } as const;
}

/** Appends one event through the runner, as every write does. */
export async function write(runner: CommandRunner, orgId: string, subject: string, value?: unknown): Promise<void> {
  await runner.execute(callerOf(orgId), async (ctx) => ctx.emit(testEvent(subject, value)), undefined);
}

export async function wholeLog(db: Db, orgId: string): Promise<LoggedEvent[]> {
  return eventsAfter(db, orgId, 0, 100_000);
}
