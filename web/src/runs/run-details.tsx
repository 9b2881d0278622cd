import { Accordion } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { actionsQuery } from '../actions/api.ts';
import { InputValue } from '../actions/input-value.tsx';
import type { Json, Run } from '../api/wire.ts';
import { CodeView } from '../ui/code-view.tsx';
import { Fact, Facts } from '../ui/facts.tsx';
import { Panel } from '../ui/panel.tsx';

/** The inputs the run was started with, under the titles of its action. */
export function RunInputs({ run }: { readonly run: Run }) {
  const { t } = useTranslation('runs');
  const { data: actions = [] } = useQuery(actionsQuery);
  const inputs = actions.find((one) => one.identifier === run.action.identifier)?.trigger.userInputs?.properties ?? {};
  const given = Object.entries(run.properties);
  return (
    <Panel title={t('inputs.title')}>
      {given.length === 0 ? (
        <span style={{ color: 'var(--q-text-3)' }}>{t('inputs.none')}</span>
      ) : (
        <Facts>
          {given.map(([name, value]) => (
            <Fact key={name} label={inputs[name]?.title ?? name}>
              <InputValue value={value} input={inputs[name]} />
            </Fact>
          ))}
        </Facts>
      )}
    </Panel>
  );
}

/** What was sent to the backend and what came back, folded away. */
export function RunExchange({ run }: { readonly run: Run }) {
  const { t } = useTranslation('runs');
  const parts = [
    ['payload', run.payload],
    ['response', run.response],
    ['message', run.message],
  ].filter((part): part is [string, Json] => part[1] !== undefined && part[1] !== null);
  if (parts.length === 0) return <p style={{ padding: 24, color: 'var(--q-text-3)' }}>{t('exchange.none')}</p>;
  return (
    <Accordion multiple defaultValue={['payload']} chevronPosition="left">
      {parts.map(([name, value]) => (
        <Accordion.Item key={name} value={name}>
          <Accordion.Control>{t(`exchange.${name}`)}</Accordion.Control>
          <Accordion.Panel>
            <CodeView value={value} label={t(`exchange.${name}`)} />
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  );
}
