import { Button } from '@mantine/core';
import { type ComponentType, lazy, type LazyExoticComponent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './lazy-part.module.css';
import { isMissingPart, mayReload, noteReload } from './missing-part.ts';

/**
 * A part of a page that comes when it is shown. After a new version was installed under an open page its old address
 * is gone: the page is loaded again, once, or says so in the part's place where something typed could be lost.
 */
export function lazyPart<Props>(
  bring: () => Promise<{ readonly default: ComponentType<Props> }>,
  stand: () => ReactNode = NewVersion,
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => {
    try {
      return await bring();
    } catch (error) {
      if (!isMissingPart(error)) throw error;
      if (mayReload()) {
        noteReload();
        globalThis.location.reload();
        // Nothing is shown any more: the page is on its way out.
        await new Promise(() => {});
      }
      return { default: stand };
    }
  });
}

/** A dialog that comes when it is opened: it has no place of its own in the page. */
export function lazyDialog<Props>(
  bring: () => Promise<{ readonly default: ComponentType<Props> }>,
): LazyExoticComponent<ComponentType<Props>> {
  return lazyPart(bring, NewVersionBelow);
}

/** Where a part would stand that the server no longer has. */
export function NewVersion() {
  const { t } = useTranslation();
  return (
    <div className={classes['part']} role="status">
      <span>{t('newVersion.words')}</span>
      <Button size="xs" variant="default" onClick={() => globalThis.location.reload()}>
        {t('newVersion.reload')}
      </Button>
    </div>
  );
}

function NewVersionBelow() {
  return (
    <div className={classes['below']}>
      <NewVersion />
    </div>
  );
}
