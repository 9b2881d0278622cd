import { useTranslation } from 'react-i18next';
import type { Action } from '../../api/wire.ts';
import { ActionCard } from '../action-card.tsx';
import { isPlain } from './paths.ts';
import classes from './preview.module.css';
import { useEditor } from './use-action-editor.ts';

/** The card as it will stand among the others. Nothing in it can be pressed. */
export function CardPreview() {
  const { t } = useTranslation('action-editor');
  const { document } = useEditor().edited;
  const trigger = isPlain(document['trigger']) ? document['trigger'] : {};
  const method = isPlain(document['invocationMethod']) ? document['invocationMethod'] : { type: '' };
  const action = {
    ...document,
    title:
      typeof document['title'] === 'string' && document['title'] !== '' ? document['title'] : t('preview.untitled'),
    trigger,
    invocationMethod: method,
  } as unknown as Action;
  return (
    <div className={classes['preview']}>
      <p className={classes['quiet']}>{t('preview.card')}</p>
      <div inert>
        <ActionCard action={action} last={undefined} editor={false} offered onExecute={() => undefined} />
      </div>
    </div>
  );
}
