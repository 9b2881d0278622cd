import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { sessionQuery } from '../api/session.ts';
import type { Action, Json, UserInputs } from '../api/wire.ts';
import { fullName } from '../shell/person-menu.tsx';
import { NamedIcon } from '../ui/icon.tsx';
import { Who } from '../ui/who.tsx';
import { backendOf } from './backend.ts';
import type { Values } from './form-rules.ts';
import { InputValue } from './input-value.tsx';
import classes from './what-happens.module.css';

interface WhatHappensProps {
  readonly action: Action;
  readonly entity: string | null;
  readonly inputs: UserInputs;
  readonly values: Values;
}

const blank = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

/** The consequences in words, kept true while the form is filled in. */
export function WhatHappens({ action, entity, inputs, values }: WhatHappensProps) {
  const { t } = useTranslation('actions');
  const { data: session } = useQuery(sessionQuery);
  const backend = backendOf(action);
  const given = Object.entries(values).filter(
    ([name, value]) =>
      !blank(value) && inputs.properties?.[name] !== undefined && inputs.properties[name].visible !== false,
  );
  return (
    <aside className={classes['what']} aria-live="polite">
      <h3>{t('what.title')}</h3>
      {action.description !== null && action.description !== undefined && <p>{action.description}</p>}
      <ol>
        <li>
          <span>{t('what.asked')}</span>
          {session !== null && session !== undefined && <Who name={fullName(session.person)} machine={false} />}
        </li>
        {action.requiredApproval !== undefined && action.requiredApproval !== false && (
          <li>
            <span>{t('what.approval')}</span>
          </li>
        )}
        <li>
          <span>{t(`backend.${backend.kind}`)}</span>
          <span className={classes['backend']}>
            <NamedIcon name={backend.icon} size={16} />
            <code>{backend.target}</code>
          </span>
        </li>
        {entity !== null && (
          <li>
            <span>{t('what.entity')}</span>
            <code>{entity}</code>
          </li>
        )}
        {given.length > 0 && (
          <li>
            <span>{t('what.inputs')}</span>
            <dl>
              {given.map(([name, value]) => (
                <div key={name}>
                  <dt>{inputs.properties?.[name]?.title ?? name}</dt>
                  <dd>
                    <InputValue value={value as Json} input={inputs.properties?.[name]} compact plain />
                  </dd>
                </div>
              ))}
            </dl>
          </li>
        )}
        <li>
          <span>{t('what.follow')}</span>
        </li>
      </ol>
    </aside>
  );
}
