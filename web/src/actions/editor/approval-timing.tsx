import { useTranslation } from 'react-i18next';
import classes from './editor.module.css';
import { SelectField } from './fields.tsx';
import { NumberField } from './number-field.tsx';
import { ActorsField } from './actors-field.tsx';
import { recordOf, useField } from './use-action-editor.ts';

const at = (key: string): readonly string[] => ['requiredApproval', key];
const YEAR = 525_600;
const outcomes = ['EXPIRE', 'DECLINE', 'APPROVE'] as const;

/** When approvers are reminded, who else is asked, and how long a run waits. */
export function ApprovalTiming() {
  const { t } = useTranslation('action-editor');
  const { value: escalates } = useField(at('escalateAfterMinutes'));
  const { value: expires } = useField(at('timeoutMinutes'));
  const unit = t('minutes');
  return (
    <>
      <div className={classes['two']}>
        <NumberField path={at('remindEveryMinutes')} label={t('approval.remind')} max={YEAR} unit={unit} />
        <NumberField path={at('escalateAfterMinutes')} label={t('approval.escalate')} max={YEAR} unit={unit} />
      </div>
      {escalates !== undefined && <EscalateTo />}
      <div className={classes['two']}>
        <NumberField path={at('timeoutMinutes')} label={t('approval.timeout')} max={YEAR} unit={unit} />
        {expires !== undefined && (
          <SelectField
            path={at('onTimeout')}
            label={t('approval.onTimeout')}
            placeholder={t('approval.EXPIRE')}
            data={outcomes.map((one) => ({ value: one, label: t(`approval.${one}`) }))}
          />
        )}
      </div>
    </>
  );
}

function EscalateTo() {
  const { t } = useTranslation('action-editor');
  const { value, set } = useField(at('escalateTo'));
  const chosen = recordOf(value);
  return (
    <div className={classes['two']} role="group" aria-label={t('approval.escalateTo')}>
      {(['roles', 'teams', 'users'] as const).map((key) => {
        const given = Array.isArray(chosen[key]) ? (chosen[key] as readonly string[]) : [];
        return (
          <ActorsField
            key={key}
            kind={key}
            label={t(`approval.escalateTo_${key}`)}
            value={given}
            onChange={(next) => set({ ...chosen, [key]: next })}
          />
        );
      })}
    </div>
  );
}
