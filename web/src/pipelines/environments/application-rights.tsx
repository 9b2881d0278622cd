import { useTranslation } from 'react-i18next';
import { teamsSource } from '../../access/directory.ts';
import { Panel } from '../../ui/panel.tsx';
import { SearchedField } from '../../ui/searched-field.tsx';
import type { Rights } from '../wire.ts';
import classes from './environments.module.css';

const rights = ['READ', 'EXECUTE', 'WRITE'] as const;

interface ApplicationRightsProps {
  readonly value: Rights;
  readonly onChange: (rights: Rights) => void;
}

/** Which teams see an application, start and judge its pipelines, and change them; all empty restricts nobody. */
export function ApplicationRights({ value, onChange }: ApplicationRightsProps) {
  const { t } = useTranslation('environments');
  return (
    <Panel title={t('rights.title')} aside={t('rights.help')}>
      <div className={classes['editor']}>
        {rights.map((right) => (
          <SearchedField
            key={right}
            source={teamsSource}
            words={{ label: t(`rights.${right}`), description: t(`rights.${right}Help`) }}
            multiple
            value={value[right] ?? []}
            onChange={(teams) => onChange({ ...value, [right]: teams })}
          />
        ))}
      </div>
    </Panel>
  );
}
