import type { Completion, CompletionContext, CompletionResult, CompletionSource } from '@codemirror/autocomplete';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import { blueprintsQuery } from '../../catalog/api.ts';
import { JsonField } from './fields.tsx';
import { type Path, valueAt } from './paths.ts';
import { templatePrefix, type TemplateWord, templateWords } from './template-words.ts';
import { textOf, useEditor } from './use-action-editor.ts';

/** The organisation's secrets by name; their values never leave the server. */
const secretNamesQuery = queryOptions({
  queryKey: ['secrets', 'names'],
  queryFn: async ({ signal }) =>
    (
      await get<{ secrets: readonly { readonly secretName: string }[] }>('/v1/organization/secrets', { signal })
    ).secrets.map(({ secretName }) => secretName),
  retry: false,
});

interface PayloadFieldProps {
  readonly path: Path;
  readonly label: string;
  readonly help: string;
}

/** JSON whose texts may hold templates, with completion of what these may speak of. */
export function PayloadField({ path, label, help }: PayloadFieldProps) {
  const complete = useTemplateCompletion();
  return <JsonField path={path} label={label} help={help} complete={complete} />;
}

/** Completion within `{{ }}`; elsewhere there is nothing to complete. */
export function useTemplateCompletion(): CompletionSource {
  const { t } = useTranslation('action-editor');
  const { data: blueprints } = useQuery(blueprintsQuery);
  const { document } = useEditor().edited;
  const inputs = valueAt(document, ['trigger', 'userInputs', 'properties']);
  const about = textOf(valueAt(document, ['trigger', 'blueprintIdentifier']));
  const { data: secrets } = useQuery(secretNamesQuery);
  const creates = valueAt(document, ['trigger', 'operation']) === 'CREATE';
  return useMemo(() => {
    const blueprint = creates ? undefined : blueprints?.find((one) => one.identifier === about);
    const detail = (word: TemplateWord): string => word.title ?? t(`word.${word.phrase}`);
    const options = templateWords(inputs, blueprint, secrets).map((word): Completion => ({
      label: word.text,
      detail: detail(word),
      type: 'variable',
    }));
    return (context) => completeTemplate(context, options);
  }, [t, blueprints, inputs, about, creates, secrets]);
}

function completeTemplate(context: CompletionContext, options: readonly Completion[]): CompletionResult | null {
  const line = context.state.doc.lineAt(context.pos);
  const prefix = templatePrefix(line.text.slice(0, context.pos - line.from));
  if (prefix === undefined) return null;
  return { from: line.from + prefix.from, options, validFor: /^[.\w"()-]*$/ };
}
