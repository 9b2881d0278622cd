import { peopleByIds } from '#access/people-queries.ts';
import { type PersonRow, toUserActor } from '#access/person.ts';
import { createLookup } from '#platform/batcher.ts';
import { type Actor, systemActor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import { problem } from '#platform/problem.ts';
import { stagesBefore } from './execution-rules.ts';
import { type ExecutionRow, stageConfig, stageNodes, type StageRow } from './execution.ts';

export interface ActingStage {
  readonly execution: ExecutionRow;
  readonly stages: readonly StageRow[];
  readonly refId: string;
}

/** Who was looked up already while an execution goes on as far as it comes. */
export type KnownActors = Map<string, Promise<Actor>>;

interface PersonKey {
  readonly orgId: string;
  readonly id: string;
}

type FindPerson = (key: PersonKey) => Promise<PersonRow | null>;

/**
 * Who a stage acts as: the nearest judge before it who lends that, otherwise who started the pipeline. People are
 * looked up each time an execution goes on, so that who left or lost a role acts no more; those of executions that go
 * on at the same time, together.
 */
export function actorResolver(db: Db): (subject: ActingStage, known: KnownActors) => Promise<Actor> {
  const findPerson = createLookup<PersonKey, PersonRow>(
    ({ orgId }) => orgId,
    async ({ orgId }, ids) => peopleByIds(db, orgId, ids),
  );
  return async ({ execution, stages, refId }, known) => {
    const { kind, id, user } = execution.authentication;
    const orgId = execution.org_id;
    const judge = judgeBefore(execution, stages, refId);
    const person = judge ?? (kind === 'user' ? id : null);
    if (person !== null) {
      const found = known.get(person) ?? personActor(findPerson, { orgId, id: person });
      known.set(person, found);
      return found;
    }
    return kind === 'credential' ? { kind, orgId, id, name: user } : systemActor(orgId, 'pipelines');
  };
}

async function personActor(findPerson: FindPerson, key: PersonKey): Promise<Actor> {
  const person = await findPerson(key);
  if (person?.status === 'ACTIVE') return toUserActor(person);
  throw problem('forbidden', 'missing_permissions', 'Whom the pipeline acts as is no longer a member here.');
}

function judgeBefore(execution: ExecutionRow, stages: readonly StageRow[], refId: string): string | null {
  const before = stagesBefore(stageNodes(execution.document), refId);
  const judges = stages
    .filter((stage) => before.has(stage.ref_id) && stage.status === 'SUCCEEDED' && stage.type === 'manualJudgment')
    .filter((stage) => stageConfig(execution, stage.ref_id)['propagateAuthenticationContext'] === true)
    .toSorted((left, right) => (right.ended_at?.getTime() ?? 0) - (left.ended_at?.getTime() ?? 0));
  const id = judges[0]?.last_modified?.['id'];
  return typeof id === 'string' ? id : null;
}
