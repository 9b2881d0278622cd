import { isJsonObject } from '#platform/json.ts';
import { problem } from '#platform/problem.ts';

/** Base64 of a JSON object. */
export function parseTrigger(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined) return undefined;
  try {
    const given = JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as unknown;
    if (isJsonObject(given) && !JSON.stringify(given).includes('\\u0000')) return given;
  } catch {
    // Told below.
  }
  throw problem('invalid', 'invalid_request', 'trigger is a JSON object in base64.', { field: 'trigger' });
}
