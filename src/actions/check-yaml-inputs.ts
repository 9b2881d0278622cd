import type { PropertyFault } from '#catalog/validate-properties.ts';
import { isJsonObject } from '#platform/json.ts';
import type { UserInputs } from './action.ts';
import { faultOf } from './input-values-rules.ts';
import { secretInputs } from './secret-inputs-rules.ts';

/** Inputs of format `yaml` whose text is none; one or many documents are fine, and nothing of them is expanded. */
export async function yamlFaults(
  inputs: UserInputs,
  values: Readonly<Record<string, unknown>>,
): Promise<readonly PropertyFault[]> {
  const texts = Object.entries(inputs.properties).flatMap(([key, { type, format, ...rest }]) => {
    const items = isJsonObject(rest['items']) ? rest['items'] : {};
    if ((type === 'array' ? items['format'] : format) !== 'yaml') return [];
    const value = values[key];
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    return list.flatMap((text) => (typeof text === 'string' ? [[key, text] as const] : []));
  });
  const secret = secretInputs(inputs);
  // Encrypted before it came: nobody here can read it.
  const readable = texts.filter(([key]) => secret.get(key) !== 'client');
  if (readable.length === 0) return [];
  // Few forms need it, so a start does not wait for it.
  const { LineCounter, parseAllDocuments } = await import('yaml');
  return readable.flatMap(([key, text]) => {
    const lineCounter = new LineCounter();
    const [wrong] = parseAllDocuments(text, { lineCounter, prettyErrors: false }).flatMap(({ errors }) => errors);
    if (wrong === undefined) return [];
    const { line } = lineCounter.linePos(wrong.pos[0]);
    // What is wrong may quote the text.
    return [faultOf(key, `is not YAML: line ${line}${secret.has(key) ? '' : `, ${wrong.message}`}`)];
  });
}
