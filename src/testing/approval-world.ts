import { sql } from 'kysely';
import { createPerson } from '#access/create-person.ts';
import { personById } from '#access/people-queries.ts';
import { toUserActor } from '#access/person.ts';
import type { Approval, ApprovalRequest, SubjectKind } from '#approvals/approval.ts';
import { findApproval } from '#approvals/approval-queries.ts';
import { decideApproval, type Decision, type DecideResult } from '#approvals/decide-approval.ts';
import { requestApproval } from '#approvals/request-approval.ts';
import { settableClock } from '#platform/clock.ts';
import { type Actor, systemActor, type UserActor } from '#platform/commands/actor.ts';
import { type CommandRunner, createCommandRunner } from '#platform/commands/command-runner.ts';
import type { Command } from '#platform/commands/write-context.ts';
import type { Db } from '#platform/db/handles.ts';
import type { LoggedEvent } from '#platform/events/event.ts';
import { eventsAfter } from '#platform/events/read-events.ts';
import { addOrganisation, plainAnswers } from './event-log.ts';
import { uniqueName } from './start-app.ts';
import { createTestDatabase } from './test-database.ts';

/** People and approvals on a database of their own, without a server; time stands until it is moved. */
export interface ApprovalWorld {
  readonly db: Db;
  readonly orgId: string;
  readonly clock: ReturnType<typeof settableClock>;
  readonly runner: CommandRunner;
  person(name: string, roles?: readonly string[], teams?: readonly string[]): Promise<UserActor>;
  as<Input, Result>(actor: Actor, command: Command<Input, Result>, input: Input): Promise<Result>;
  /** Asks about a subject of its own, by the system unless told. */
  ask(request?: Partial<ApprovalRequest>): Promise<Approval>;
  decide(actor: Actor, decision: Decision): Promise<DecideResult>;
  read(id: string): Promise<Approval>;
  events(id: string): Promise<readonly LoggedEvent[]>;
  close(): Promise<void>;
}

export const nobody = { users: [], roles: [], teams: [] };

export async function createApprovalWorld(kinds: readonly SubjectKind[] = []): Promise<ApprovalWorld> {
  const { database, drop } = await createTestDatabase();
  const db = database.kysely;
  const orgId = uniqueName('org');
  await addOrganisation(db, orgId);
  const clock = settableClock(new Date('2026-03-02T10:00:00Z'));
  const runner = createCommandRunner({ db, clock, answers: plainAnswers, onCommitted: () => undefined });
  const decide = decideApproval(kinds);
  const as: ApprovalWorld['as'] = async (actor, command, input) =>
    runner.execute({ actor, origin: 'API', requestId: null }, command, input);
  const system = systemActor(orgId, 'tests');
  return {
    db,
    orgId,
    clock,
    runner,
    as,
    async person(name, roles = ['Member'], teams = []) {
      for (const team of teams) {
        await sql`insert into team (org_id, name, id, created_at, updated_at)
          values (${orgId}, ${team}, ${team}, now(), now()) on conflict do nothing`.execute(db);
      }
      const row = await as(system, createPerson, {
        email: `${name}@example.com`,
        firstName: name,
        lastName: '',
        passwordHash: null,
        roles,
        teams,
      });
      return toUserActor((await personById(db, orgId, row.id)) ?? row);
    },
    ask: async (request = {}) =>
      as(system, requestApproval, {
        subject: { kind: 'stage', id: uniqueName('stage'), attempt: 1 },
        title: 'Deploy checkout',
        summary: 'Version 7 goes to production.',
        contentHash: 'hash-1',
        requestedBy: system.id,
        requestedByName: 'Quayside',
        approvers: nobody,
        ...request,
      }),
    decide: async (actor, decision) => as(actor, decide, decision),
    async read(id) {
      const approval = await findApproval(db, orgId, id);
      if (approval === null) throw new Error(`There is no approval ${id}`);
      return approval;
    },
    events: async (id) =>
      (await eventsAfter(db, orgId, 0, 100_000)).filter((event) => event.subject === `approval:${id}`),
    close: drop,
  };
}
