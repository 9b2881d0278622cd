import { SegmentedControl, Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ApprovalNotification } from './approval-notification.tsx';
import { ApprovalTiming } from './approval-timing.tsx';
import classes from './editor.module.css';
import { SwitchField } from './fields.tsx';
import { NumberField } from './number-field.tsx';
import { errorAt } from './placed-errors.ts';
import { recordOf, useEditor, useField } from './use-action-editor.ts';

const path = ['requiredApproval'] as const;
const MOST_APPROVERS = 100;

/** Whether somebody has to agree before a run begins, how many, how they hear of it and what if nobody does. */
export function ApprovalFields() {
  const { t } = useTranslation('action-editor');
  const { errors } = useEditor();
  const { value, set } = useField(path);
  const approval = recordOf(value);
  const needed = value === true || Object.keys(approval).length > 0;
  const all = approval['type'] === 'ALL';
  return (
    <>
      <Switch
        label={t('approval.needed')}
        description={t('approval.neededHelp')}
        error={errorAt(errors, path, true)}
        checked={needed}
        onChange={(event) => set(event.currentTarget.checked)}
      />
      {needed && (
        <div className={classes['nested']}>
          <div>
            <span className={classes['label']} id="approval-count">
              {t('approval.howMany')}
            </span>
            <SegmentedControl
              aria-labelledby="approval-count"
              value={all ? 'ALL' : 'ANY'}
              data={[
                { value: 'ANY', label: t('approval.any') },
                { value: 'ALL', label: t('approval.all') },
              ]}
              onChange={(type) => {
                const { count: _, ...rest } = approval;
                set({ ...rest, type });
              }}
            />
          </div>
          {typeof value === 'object' && (
            <>
              {!all && (
                <NumberField
                  path={[...path, 'count']}
                  label={t('approval.count')}
                  help={t('approval.countHelp')}
                  max={MOST_APPROVERS}
                />
              )}
              <SwitchField
                path={[...path, 'allowSelfApproval']}
                label={t('approval.self')}
                help={t('approval.selfHelp')}
                standard={false}
              />
              <ApprovalTiming />
            </>
          )}
          {value === true && (
            <button type="button" className={classes['more']} onClick={() => set({ type: 'ANY' })}>
              {t('approval.more')}
            </button>
          )}
          <ApprovalNotification />
          <p className={classes['help']}>{t('approval.who')}</p>
        </div>
      )}
    </>
  );
}
