import { Alert, Button, SegmentedControl } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertCircle, IconRefreshAlert } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RequestProblem } from '../../api/problem.ts';
import { JsonEditor } from '../../ui/json-editor.tsx';
import { pathKeys } from '../../ui/json-position.ts';
import { Panel } from '../../ui/panel.tsx';
import { ErrorState, RowSkeletons, useErrorWords } from '../../ui/states.tsx';
import {
  configQuery,
  type DeliveryConfig,
  environmentsQuery,
  saveConfig,
  type StoredConfig,
  validateConfig,
} from './api.ts';
import { ConfigForm } from './config-form.tsx';
import classes from './environments.module.css';

interface ConfigEditorProps {
  readonly application: string;
  readonly onClose: () => void;
}

/** The delivery config of an application, as a form and as text. */
export function ConfigEditor({ application, onClose }: ConfigEditorProps) {
  // What somebody else saves meanwhile must not replace what is being typed.
  const stored = useQuery({ ...configQuery(application), staleTime: Infinity, refetchOnWindowFocus: false });
  if (stored.isPending) return <RowSkeletons rows={4} height={72} />;
  if (stored.isError && !(stored.error instanceof RequestProblem && stored.error.status === 404)) {
    return <ErrorState error={stored.error} retry={stored.refetch} />;
  }
  return <Editor application={application} stored={stored.data ?? null} onClose={onClose} />;
}

const starting = (application: string): DeliveryConfig => ({
  application,
  name: `${application}-manifest`,
  artifacts: [{ name: application, type: 'docker' }],
  environments: [
    { name: 'test', constraints: [] },
    {
      name: 'production',
      constraints: [
        { type: 'depends-on', environment: 'test' },
        { type: 'manual-judgement', timeout: 'P2D' },
      ],
    },
  ],
});

function read(text: string): DeliveryConfig | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    const found = value as Partial<DeliveryConfig> | null;
    const whole = typeof found === 'object' && Array.isArray(found?.artifacts) && Array.isArray(found.environments);
    return whole ? (found as DeliveryConfig) : undefined;
  } catch {
    return undefined;
  }
}

interface EditorProps extends ConfigEditorProps {
  readonly stored: StoredConfig | null;
}

function Editor({ application, stored, onClose }: EditorProps) {
  const { t } = useTranslation('environments');
  const client = useQueryClient();
  const [view, setView] = useState<'form' | 'json'>('form');
  const [typed, setTyped] = useState(() => JSON.stringify(stored?.document ?? starting(application), null, 2));
  const document = read(typed);
  const check = useQuery({
    queryKey: ['delivery-config', application, 'check', typed],
    queryFn: async ({ signal }) => (document === undefined ? [] : validateConfig(application, document, signal)),
    placeholderData: (before) => before,
  });
  const problems = check.data ?? [];
  const save = useMutation({
    mutationFn: async (config: DeliveryConfig) => saveConfig(application, config, stored?.etag ?? null),
    onSuccess: (after) => {
      client.setQueryData(configQuery(application).queryKey, after);
      void client.invalidateQueries({ queryKey: environmentsQuery(application).queryKey });
      notifications.show({ message: t('saved', { name: after.document.name }) });
      onClose();
    },
  });
  return (
    <Panel
      title={t('config')}
      aside={
        <SegmentedControl
          size="xs"
          aria-label={t('view.label')}
          value={view}
          data={[
            { value: 'form', label: t('view.form') },
            { value: 'json', label: t('view.json') },
          ]}
          onChange={(next) => setView(next as 'form' | 'json')}
        />
      }
    >
      <div className={classes['editor']}>
        {save.isError && <SaveProblem {...{ application, error: save.error }} />}
        {view === 'json' && (
          <JsonEditor
            label={t('config')}
            value={typed}
            maxHeight={560}
            notes={problems.map(({ path, message }) => ({ path: pathKeys(path), message }))}
            onChange={setTyped}
          />
        )}
        {view === 'form' && document !== undefined && (
          <ConfigForm
            config={document}
            problems={problems}
            onChange={(next) => setTyped(JSON.stringify(next, null, 2))}
          />
        )}
        {document === undefined && (
          <p className={classes['error']} role="alert">
            {t('broken')}
          </p>
        )}
        {problems.length > 0 && (
          <ul className={classes['problems']} aria-label={t('problems')}>
            {problems.map(({ path, message }) => (
              <li key={`${path} ${message}`}>
                {path !== '' && <code>{path}</code>} {message}
              </li>
            ))}
          </ul>
        )}
        <div className={classes['buttons']}>
          <Button
            disabled={document === undefined || problems.length > 0}
            loading={save.isPending}
            onClick={() => document !== undefined && save.mutate(document)}
          >
            {t('save')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
        </div>
      </div>
    </Panel>
  );
}

function SaveProblem({ application, error }: { readonly application: string; readonly error: Error }) {
  const { t } = useTranslation('environments');
  const words = useErrorWords();
  const client = useQueryClient();
  const stale = error instanceof RequestProblem && error.status === 412;
  const Mark = stale ? IconRefreshAlert : IconAlertCircle;
  return (
    <Alert color={stale ? 'yellow' : 'red'} icon={<Mark size={18} />} role="alert">
      {stale ? t('stale') : words(error)}
      {stale && (
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => void client.resetQueries({ queryKey: configQuery(application).queryKey, exact: true })}
        >
          {t('takeTheirs')}
        </Button>
      )}
    </Alert>
  );
}
