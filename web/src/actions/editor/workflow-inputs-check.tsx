import { useDebouncedValue } from '@mantine/hooks';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { mostWorkflowInputs } from '../../../../src/integrations/github/contract.ts';
import { get } from '../../api/client.ts';
import classes from './editor.module.css';
import { recordOf, textOf, useField } from './use-action-editor.ts';

const QUIET_MS = 500;
const KEPT_MS = 60_000;

interface Declared {
  readonly known: boolean;
  readonly inputs: readonly { readonly name: string; readonly needed: boolean }[];
}

interface Workflow {
  readonly org: string;
  readonly repo: string;
  readonly workflow: string;
}

const workflowInputsQuery = (workflow: Workflow) =>
  queryOptions({
    queryKey: ['workflow-inputs', workflow],
    queryFn: ({ signal }) => get<Declared>('/api/v1/github/workflow-inputs', { signal, query: { ...workflow } }),
    staleTime: KEPT_MS,
    retry: false,
  });

/** A name as it stands, without a template in it. */
const isPlainName = (name: string): boolean => /^[\w.-]+$/.test(name);

/** What is sent and not declared, and what is needed and not sent. Keys that are templates can be anything. */
export function inputDifferences(
  sent: Readonly<Record<string, unknown>>,
  declared: Declared['inputs'],
): { readonly unknown: readonly string[]; readonly missing: readonly string[] } {
  const keys = Object.keys(sent).filter((key) => key !== 'ref');
  const open = keys.some((key) => key.includes('{{'));
  return {
    unknown: keys.filter((key) => !key.includes('{{') && !declared.some(({ name }) => name === key)),
    missing: open ? [] : declared.filter(({ name, needed }) => needed && !keys.includes(name)).map(({ name }) => name),
  };
}

/** How many inputs would be sent: keys that are templates may add more, or none. */
export const inputCount = (sent: Readonly<Record<string, unknown>>): number =>
  Object.keys(sent).filter((key) => key !== 'ref' && !key.includes('{{')).length;

/** Says what GitHub would refuse: too many inputs, and others than the workflow declares where its file can be read. */
export function WorkflowInputsCheck() {
  const { t } = useTranslation('action-editor');
  const sent = recordOf(useField(['invocationMethod', 'workflowInputs']).value);
  const count = inputCount(sent);
  return (
    <div className={classes['stack']} role="status">
      {count > mostWorkflowInputs && (
        <p className={classes['warning']}>{t('github.tooMany', { count, most: mostWorkflowInputs })}</p>
      )}
      <DeclaredInputsCheck sent={sent} />
    </div>
  );
}

function DeclaredInputsCheck({ sent }: { readonly sent: Readonly<Record<string, unknown>> }) {
  const { t, i18n } = useTranslation('action-editor');
  const org = textOf(useField(['invocationMethod', 'org']).value);
  const repo = textOf(useField(['invocationMethod', 'repo']).value);
  const workflow = textOf(useField(['invocationMethod', 'workflow']).value);
  const [asked] = useDebouncedValue({ org, repo, workflow }, QUIET_MS);
  const { data } = useQuery({
    ...workflowInputsQuery(asked),
    enabled: [asked.org, asked.repo, asked.workflow].every(isPlainName),
  });
  if (data?.known !== true || asked.workflow !== workflow) return null;
  const { unknown, missing } = inputDifferences(sent, data.inputs);
  const names = (some: readonly string[]): string => new Intl.ListFormat(i18n.language).format(some);
  return (
    <>
      {unknown.length > 0 && (
        <p className={classes['warning']}>{t('github.unknownInputs', { workflow, names: names(unknown) })}</p>
      )}
      {missing.length > 0 && (
        <p className={classes['warning']}>{t('github.missingInputs', { workflow, names: names(missing) })}</p>
      )}
      {unknown.length === 0 && missing.length === 0 && (
        <p className={classes['help']}>{t('github.knownInputs', { workflow })}</p>
      )}
    </>
  );
}
