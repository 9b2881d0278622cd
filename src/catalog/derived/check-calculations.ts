import type { JqPool } from '#platform/jq/jq-pool.ts';
import { isJsonObject } from '#platform/json.ts';
import { problem } from '#platform/problem.ts';

/** Refuses expressions that do not compile, naming the first; what is no definition at all is refused elsewhere. */
export async function checkCalculations(jq: Pick<JqPool, 'check'>, definitions: unknown): Promise<void> {
  if (!isJsonObject(definitions)) return;
  const errors: { readonly path: string; readonly message: string }[] = [];
  for (const [key, definition] of Object.entries(definitions)) {
    const program = isJsonObject(definition) ? definition['calculation'] : undefined;
    if (typeof program !== 'string') continue;
    const verdict = await jq.check(program);
    if (verdict.ok) continue;
    errors.push({ path: `calculationProperties.${key}.calculation`, message: `is not valid jq: ${verdict.message}` });
  }
  const [first] = errors;
  if (first === undefined) return;
  throw problem('invalid', 'invalid_request', `"${first.path}" ${first.message}`, { errors: errors.slice(0, 50) });
}
