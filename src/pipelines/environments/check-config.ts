import type { Db } from '#platform/db/handles.ts';
import { problem } from '#platform/problem.ts';
import { problemsOfJudges } from '../stages/judge-queries.ts';
import { type ConfigProblem, readConfig } from './config-rules.ts';
import { type DeliveryConfigDocument, manualJudgement } from './delivery-config.ts';

/** Refuses a config with problems: the first one is the message, all are in the details. */
export async function checkedConfig(db: Db, orgId: string, given: unknown): Promise<DeliveryConfigDocument> {
  const read = await checkConfig(db, orgId, given);
  if ('document' in read) return read.document;
  const first = read.problems[0] ?? { path: '', message: 'It is no delivery config.' };
  const told = first.path === '' ? first.message : `${first.path}: ${first.message}`;
  throw problem('invalid', 'invalid_delivery_config', told, {
    field: first.path,
    problems: read.problems.slice(0, 100),
  });
}

/** Reads a delivery config and looks up whom it names; everything that is wrong otherwise. */
export async function checkConfig(db: Db, orgId: string, given: unknown): Promise<ReturnType<typeof readConfig>> {
  const read = readConfig(given);
  if ('problems' in read) return read;
  const problems = await judgeProblemsIn(db, orgId, read.document);
  return problems.length > 0 ? { problems } : read;
}

async function judgeProblemsIn(
  db: Db,
  orgId: string,
  { application, environments }: DeliveryConfigDocument,
): Promise<readonly ConfigProblem[]> {
  const problems: ConfigProblem[] = [];
  for (const [at, { constraints }] of environments.entries()) {
    for (const [index, each] of constraints.entries()) {
      if (each.type !== manualJudgement) continue;
      for (const { field, message } of await problemsOfJudges(db, { orgId, application }, each)) {
        problems.push({ path: `environments[${at}].constraints[${index}].${field}`, message });
      }
    }
  }
  return problems;
}
