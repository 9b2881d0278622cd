import { Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { places } from './navigation.ts';
import classes from './shortcuts-dialog.module.css';

function Keys({ value }: { readonly value: string }) {
  return (
    <span className={classes['keys']}>
      {value.split(' ').map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  );
}

export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation('shell');
  const general: readonly [string, string][] = [
    ['Ctrl K', 'palette'],
    ['?', 'help'],
    ['↑ ↓', 'walk'],
    ['Enter', 'open'],
    ['Esc', 'close'],
    ['Ctrl Enter', 'submit'],
    ['Space', 'pick'],
    ['Shift ↑ ↓', 'pickRange'],
    ['Alt ← →', 'moveColumn'],
  ];
  return (
    <Modal opened onClose={onClose} title={t('shortcuts')} size={560} closeButtonProps={{ 'aria-label': t('close') }}>
      <div className={classes['columns']}>
        <dl>
          {general.map(([keys, name]) => (
            <div key={name}>
              <dt>{t(`keys.${name}`)}</dt>
              <dd>
                <Keys value={keys} />
              </dd>
            </div>
          ))}
        </dl>
        <dl>
          {places.map((place) => (
            <div key={place.key}>
              <dt>{t(`places.${place.key}`)}</dt>
              <dd>
                <Keys value={`g ${place.letter}`} />
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </Modal>
  );
}
