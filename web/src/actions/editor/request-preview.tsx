import { Alert, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { entityChoicesQuery } from '../../catalog/api.ts';
import { CodeView } from '../../ui/code-view.tsx';
import { RowSkeletons, useErrorWords } from '../../ui/states.tsx';
import { isPlain, valueAt } from './paths.ts';
import classes from './preview.module.css';
import { textOf, useEditor } from './use-action-editor.ts';

const HEIGHT = 460;

/** What the backend would get, over real data; what is secret is masked. */
export function RequestPreview() {
  const { t } = useTranslation('action-editor');
  const words = useErrorWords();
  const { checks } = useEditor();
  const { data, error, pending } = checks.request;
  if (data === undefined && error === null) return <RowSkeletons rows={4} height={24} />;
  return (
    <div className={classes['preview']}>
      <p className={classes['quiet']}>{t('request.lead')}</p>
      <SampleEntity />
      {error !== null && (
        <Alert color="red" variant="light" role="status">
          {words(error)}
        </Alert>
      )}
      {data !== undefined && error === null && (
        <div aria-busy={pending} data-stale={pending || undefined} className={classes['rendered']}>
          <Rendered value={data.rendered} />
        </div>
      )}
      {data !== undefined && data.problems.length > 0 && (
        <ul className={classes['problems']} aria-label={t('request.problems')}>
          {data.problems.map((problem) => (
            <li key={`${problem.path} ${problem.message}`}>
              <code>{problem.path.replace(/^\$\.?/, '')}</code>
              {problem.expression !== undefined && <code>{problem.expression}</code>}
              <span>{problem.message}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** A webhook reads as a request: its line, its headers, its body. */
function Rendered({ value }: { readonly value: unknown }) {
  const { t } = useTranslation('action-editor');
  if (!isPlain(value)) return <p className={classes['quiet']}>{t('request.nothing')}</p>;
  const { type, ...rest } = value;
  if (type !== 'WEBHOOK') return <CodeView value={rest} label={t('request.title')} maxHeight={HEIGHT} />;
  const { url, method, headers, body } = rest;
  return (
    <div className={classes['parts']}>
      <code className={classes['line']}>
        {textOf(method) || 'POST'} {textOf(url) || t('request.noAddress')}
      </code>
      {isPlain(headers) && <CodeView value={headers} label={t('headers.title')} maxHeight={160} />}
      {body !== undefined && <CodeView value={body} label={t('webhook.body')} maxHeight={HEIGHT} />}
    </div>
  );
}

/** Which entity the example is about. */
function SampleEntity() {
  const { t } = useTranslation('action-editor');
  const { edited, sample, setSample, checks } = useEditor();
  const blueprint = textOf(valueAt(edited.document, ['trigger', 'blueprintIdentifier']));
  const { data = [] } = useQuery({ ...entityChoicesQuery(blueprint), enabled: checks.entity !== null });
  if (checks.entity === null) return null;
  return (
    <Select
      size="xs"
      label={t('request.entity')}
      searchable
      allowDeselect={false}
      limit={100}
      nothingFoundMessage={t('nothingFound')}
      data={data.map((one) => ({ value: one.identifier, label: one.title }))}
      value={checks.entity}
      onChange={(entity) => setSample({ ...sample, entity })}
    />
  );
}
