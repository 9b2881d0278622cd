import { Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from './editor.module.css';
import { JsonField } from './fields.tsx';
import { RuleList, simpleQuery } from './rule-list.tsx';
import { recordOf, textOf, useField } from './use-action-editor.ts';

/** For which entities an action is offered; nothing to ask where there is no entity. */
export function ConditionField() {
  const { t } = useTranslation('action-editor');
  const { value: operation } = useField(['trigger', 'operation']);
  const { value: blueprint } = useField(['trigger', 'blueprintIdentifier']);
  const { value, set, error } = useField(['trigger', 'condition']);
  if (value === undefined && (operation === 'CREATE' || textOf(blueprint) === '')) return null;
  const query = simpleQuery(value);
  return (
    <div className={classes['stack']}>
      <Switch
        label={t('condition.some')}
        description={t('condition.someHelp')}
        error={error}
        checked={value !== undefined}
        onChange={(event) =>
          set(
            event.currentTarget.checked
              ? { type: 'SEARCH', combinator: 'and', rules: [{ property: '$team', operator: 'isNotEmpty' }] }
              : undefined,
          )
        }
      />
      {value !== undefined && (
        <div className={classes['nested']}>
          {query === undefined ? (
            <JsonField path={['trigger', 'condition']} label={t('condition.json')} help={t('condition.jsonHelp')} />
          ) : (
            <RuleList
              label={t('condition.some')}
              blueprint={textOf(blueprint)}
              query={query}
              onChange={(next) => set({ ...recordOf(value), ...next })}
            />
          )}
        </div>
      )}
    </div>
  );
}
