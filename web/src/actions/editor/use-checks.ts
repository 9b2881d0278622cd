import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { isProblem } from '../../api/problem.ts';
import type { UserInputs } from '../../api/wire.ts';
import { entityChoicesQuery } from '../../catalog/api.ts';
import { openValues } from '../live-form.ts';
import { readJsonPath } from './json-path.ts';
import { isPlain, valueAt } from './paths.ts';
import { type PlacedError, placedErrors } from './placed-errors.ts';
import { formPreviewQuery, requestBodyOf, requestPreviewQuery } from './preview-api.ts';
import { sampleValues } from './sample-values.ts';
import type { ActionEditor } from './use-action-editor.ts';

const QUIET_MS = 400;

/** A template that fails: whatever is entered, or only over the sample. */
export interface PlacedWarning extends PlacedError {
  readonly certain: boolean;
}

/** The first entity there is, so that an action on entities shows something from the start. */
function useSampleEntity(editor: Pick<ActionEditor, 'edited' | 'sample'>): string | null {
  const { document } = editor.edited;
  const blueprint = valueAt(document, ['trigger', 'blueprintIdentifier']);
  const about = valueAt(document, ['trigger', 'operation']) === 'CREATE' ? undefined : blueprint;
  const { data } = useQuery({
    ...entityChoicesQuery(typeof about === 'string' ? about : ''),
    enabled: typeof about === 'string' && about !== '',
  });
  if (typeof about !== 'string' || about === '') return null;
  return editor.sample.entity ?? data?.[0]?.identifier ?? null;
}

/** Of a refusal, what is said about the form: the server names its places from the form on. */
const formErrors = (error: unknown): readonly PlacedError[] =>
  placedErrors(error).map((one) => (one.path[0] === 'userInputs' ? { ...one, path: ['trigger', ...one.path] } : one));

/** A server that cannot check is no mistake of the action. */
const refusalOf = (error: unknown): unknown => (isProblem(error) && error.status === 422 ? error : null);

/**
 * What the server says of the action before it is saved, a moment after the last change: mistakes of the form, the form
 * as it stands for the sample, and what would be sent.
 */
export function useChecks(editor: Pick<ActionEditor, 'edited' | 'sample'>) {
  const { document } = editor.edited;
  const entity = useSampleEntity(editor);
  const { trigger } = document;
  const inputs = isPlain(trigger) ? trigger['userInputs'] : undefined;
  const blueprint = valueAt(document, ['trigger', 'blueprintIdentifier']);
  const typed = openValues(inputs as UserInputs | undefined, editor.sample.values);
  const about = typeof blueprint === 'string' && blueprint !== '' ? { blueprintIdentifier: blueprint } : {};
  const formBody = { userInputs: inputs ?? {}, properties: typed, entity, ...about };
  const values = { ...sampleValues(isPlain(inputs) ? inputs['properties'] : undefined), ...typed };
  const requestBody = requestBodyOf(document, { values, entity });
  const [text] = useDebouncedValue(JSON.stringify({ formBody, requestBody }), QUIET_MS);
  const bodies = useMemo(() => JSON.parse(text) as { formBody: object; requestBody: object }, [text]);
  const form = useQuery(formPreviewQuery(bodies.formBody));
  const request = useQuery(requestPreviewQuery(bodies.requestBody));
  const refusal = refusalOf(form.error);
  const problems = request.data?.problems;
  return {
    entity,
    errors: useMemo(() => formErrors(refusal), [refusal]),
    warnings: useMemo(
      () =>
        (problems ?? []).map(({ path, message, certain }): PlacedWarning => ({
          path: ['invocationMethod', ...readJsonPath(path)],
          message,
          certain,
        })),
      [problems],
    ),
    form: refusal === null ? form.data : undefined,
    request: {
      data: request.data,
      error: request.error,
      pending: request.isFetching || JSON.stringify(bodies.requestBody) !== JSON.stringify(requestBody),
    },
  };
}

export type Checks = ReturnType<typeof useChecks>;
