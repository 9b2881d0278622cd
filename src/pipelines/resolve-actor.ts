import { personById } from '#access/people-queries.ts';
import { toUserActor } from '#access/person.ts';
import { type Actor, systemActor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import { problem } from '#platform/problem.ts';
import { stagesBefore } from './execution-rules.ts';
import { type ExecutionRow, stageConfig, stageNodes, type StageRow } from './execution.ts';

/**
 * Who a stage acts as: the nearest judge before it who lends that, otherwise who started the pipeline. People are
 * looked up each time, so that who left or lost a role acts no more.
 */
export async function resolveActor(
  db: Db,
  execution: ExecutionRow,
  stages: readonly StageRow[],
  refId: string,
): Promise<Actor> {
  const judge = judgeBefore(execution, stages, refId);
  const { kind, id, user } = execution.authentication;
  if (judge !== null) return personActor(db, execution.org_id, judge);
  switch (kind) {
    case 'user':
      return personActor(db, execution.org_id, id);
    case 'credential':
      return { kind: 'credential', orgId: execution.org_id, id, name: user };
    case 'system':
      return systemActor(execution.org_id, 'pipelines');
  }
}

async function personActor(db: Db, orgId: string, id: string): Promise<Actor> {
  const person = await personById(db, orgId, id);
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
