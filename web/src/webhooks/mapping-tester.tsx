import { NativeSelect } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import {
  IconAlertTriangle,
  IconEqual,
  IconPencil,
  IconPlus,
  IconTrash,
  IconTrashOff,
  type Icon,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WebhookBody } from '../../../src/webhooks/contract.ts';
import { DiffView } from '../ui/diff-view.tsx';
import { JsonEditor } from '../ui/json-editor.tsx';
import { Panel } from '../ui/panel.tsx';
import { ErrorState } from '../ui/states.tsx';
import { StatusBadge, type Tone } from '../ui/status-badge.tsx';
import { exactTime } from '../ui/time.tsx';
import { type MappingProblem, requestsQuery, type Sample, type TestedEntity, testQuery } from './api.ts';
import classes from './webhooks.module.css';

const SETTLES_MS = 400;

const firstSample: Sample = {
  body: {
    action: 'opened',
    pull_request: { id: 1042, title: 'Retry payments once', html_url: 'https://example.com/pulls/1042' },
    repository: { name: 'checkout' },
  },
  headers: { 'x-github-event': 'pull_request' },
  queryParams: {},
};

function readSample(text: string): Sample | null {
  try {
    const { body, headers = {}, queryParams = {} } = JSON.parse(text) as Partial<Sample>;
    return body === undefined ? null : { body, headers, queryParams };
  } catch {
    return null;
  }
}

interface MappingTesterProps {
  readonly mappings: WebhookBody['mappings'];
  /** Whose requests can be taken as a sample; null when it is not saved yet. */
  readonly webhook: string | null;
}

/** A sample beside what the mappings as they stand would make of it, as one types. */
export function MappingTester({ mappings, webhook }: MappingTesterProps) {
  const { t, i18n } = useTranslation('webhooks');
  const [text, setText] = useState(() => JSON.stringify(firstSample, null, 2));
  const requests = useQuery({ ...requestsQuery(webhook ?? ''), enabled: webhook !== null });
  const [settled] = useDebouncedValue(text, SETTLES_MS);
  const [tried] = useDebouncedValue(mappings, SETTLES_MS);
  const sample = readSample(settled);
  const result = useQuery(testQuery(tried, sample));
  const received = requests.data ?? [];
  return (
    <div className={classes['tester']}>
      <Panel title={t('sample.title')}>
        {received.length > 0 && (
          <NativeSelect
            label={t('sample.take')}
            value=""
            onChange={({ currentTarget: { value } }) => {
              const taken = received.find(({ id }) => id === value);
              if (taken !== undefined) setText(JSON.stringify(taken.content, null, 2));
            }}
            data={[
              { value: '', label: t('sample.choose') },
              ...received.map(({ id, receivedAt, state }) => ({
                value: id,
                label: `${exactTime(new Date(receivedAt), i18n.language)} · ${t(`state.${state}`)}`,
              })),
            ]}
          />
        )}
        <JsonEditor label={t('sample.title')} value={text} maxHeight={280} onChange={setText} />
        <p className={classes['help']}>{sample === null ? t('sample.broken') : t('sample.help')}</p>
      </Panel>
      <Panel title={t('result.title')}>
        <div aria-live="polite">
          {result.isError && <ErrorState error={result.error} retry={result.refetch} />}
          {result.data !== undefined && (
            <>
              {result.data.entities.length === 0 && <p>{t('result.nothing')}</p>}
              <ul className={classes['entities']}>
                {result.data.entities.map((entity, index) => (
                  <Entity key={index} entity={entity} />
                ))}
              </ul>
              <Problems problems={result.data.problems} />
            </>
          )}
        </div>
      </Panel>
    </div>
  );
}

const effects: Readonly<Record<TestedEntity['effect'], readonly [Tone, Icon]>> = {
  created: ['good', IconPlus],
  changed: ['warn', IconPencil],
  unchanged: ['mute', IconEqual],
  deleted: ['bad', IconTrash],
  absent: ['mute', IconTrashOff],
  refused: ['bad', IconAlertTriangle],
};

function Entity({
  entity: { effect, blueprint, identifier, before, after, problem },
}: {
  readonly entity: TestedEntity;
}) {
  const { t } = useTranslation('webhooks');
  const [tone, mark] = effects[effect];
  return (
    <li>
      <div className={classes['entity']}>
        <StatusBadge tone={tone} icon={mark} size="sm">
          {t(`effect.${effect}`)}
        </StatusBadge>
        <code>
          {blueprint}/{identifier}
        </code>
      </div>
      {problem !== null && <p className={classes['error']}>{problem}</p>}
      {(effect === 'created' || effect === 'changed') && <DiffView before={before} after={after} />}
    </li>
  );
}

function Problems({ problems }: { readonly problems: readonly MappingProblem[] }) {
  const { t } = useTranslation('webhooks');
  if (problems.length === 0) return null;
  return (
    <ul className={classes['problems']}>
      {problems.map(({ mapping, item, field, message }, index) => (
        <li key={index}>
          <IconAlertTriangle size={14} stroke={1.8} aria-hidden />
          <span>
            {t(item === null ? 'problem' : 'problemOfItem', { mapping: mapping + 1, item: (item ?? 0) + 1 })}{' '}
            <code>{field}</code> {message}
          </span>
        </li>
      ))}
    </ul>
  );
}
