import type { JqPool } from '#platform/jq/jq-pool.ts';
import { collectTemplateBlocks } from '#platform/template/collect-template-blocks.ts';
import { secretMask, textsWithin } from './secret-inputs-rules.ts';

/** Shorter secrets occur by chance, and are not looked for elsewhere either. */
const shortestSecret = 4;
const mostResults = 1000;

/**
 * Texts that the expressions of a method make of secrets (base64 of a token, its second half): what would be another
 * one if the secrets were. Those that hold a whole secret are left out, since that is hidden in them.
 */
export async function findSecretResults(
  jq: Pick<JqPool, 'evaluateBatch'>,
  method: unknown,
  secrets: Readonly<Record<string, string>>,
  contextWith: (secrets: Readonly<Record<string, string>>) => unknown,
): Promise<readonly string[]> {
  const expressions = collectTemplateBlocks(method).map(({ expression }) => expression);
  const asked = [...new Set(expressions)].filter((expression) => expression.includes('secrets'));
  const whole = Object.values(secrets).filter((text) => text.length >= shortestSecret);
  if (asked.length === 0 || Object.keys(secrets).length === 0) return [];
  const masks = Object.fromEntries(Object.keys(secrets).map((name) => [name, secretMask]));
  const [real = [], masked = []] = await jq.evaluateBatch(asked, [contextWith(secrets), contextWith(masks)]);
  const found = new Set<string>();
  for (const [at, result] of real.entries()) {
    const without = masked[at];
    const open = new Set(without?.ok === true ? textsWithin(without.value) : []);
    for (const text of result.ok ? textsWithin(result.value) : []) {
      if (!open.has(text) && !whole.some((secret) => text.includes(secret))) found.add(text);
      if (found.size >= mostResults) return [...found];
    }
  }
  return [...found];
}
