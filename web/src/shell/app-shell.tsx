import { ActionIcon, Drawer } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { IconMenu2 } from '@tabler/icons-react';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { Suspense, useEffect, useMemo, useState } from 'react';
import { lazyDialog } from '../ui/lazy-part.tsx';
import { useTranslation } from 'react-i18next';
import { useLiveChanges } from '../api/live.ts';
import { useShortcuts } from '../ui/shortcuts.ts';
import classes from './app-shell.module.css';
import { Mark } from './mark.tsx';
import { useGoShortcuts } from './navigation.ts';
import { Rail } from './rail.tsx';

// Both open on demand, so their code waits until then.
const CommandPalette = lazyDialog(async () => ({ default: (await import('./command-palette.tsx')).CommandPalette }));
const ShortcutsDialog = lazyDialog(async () => ({ default: (await import('./shortcuts-dialog.tsx')).ShortcutsDialog }));

const COLLAPSED = 'quayside-rail-collapsed';

function usePaletteKey(open: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      open();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [open]);
}

export function AppShell() {
  const { t } = useTranslation('shell');
  useLiveChanges();
  const narrow = useMediaQuery('(max-width: 860px)', false, { getInitialValueInEffect: false });
  const [collapsed, setCollapsed] = useState(() => localStorage.getItem(COLLAPSED) === 'yes');
  const [menu, menuControl] = useDisclosure(false);
  const [palette, paletteControl] = useDisclosure(false);
  const [help, helpControl] = useDisclosure(false);
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const go = useGoShortcuts();
  usePaletteKey(paletteControl.open);
  useShortcuts(
    useMemo(
      () => ({ ...go, '?': helpControl.open, '/': paletteControl.open }),
      [go, helpControl.open, paletteControl.open],
    ),
  );
  const { close } = menuControl;
  useEffect(() => close(), [pathname, close]);

  const toggle = (): void => {
    setCollapsed(!collapsed);
    localStorage.setItem(COLLAPSED, collapsed ? 'no' : 'yes');
  };

  return (
    <div className={classes['frame']}>
      <a href="#content" className={classes['skip']}>
        {t('skip')}
      </a>
      {narrow ? (
        <header className={classes['bar']}>
          <ActionIcon className={classes['bar-button']} onClick={menuControl.open} aria-label={t('openMenu')}>
            <IconMenu2 size={20} />
          </ActionIcon>
          <Mark />
        </header>
      ) : (
        <Rail collapsed={collapsed} onToggle={toggle} onSearch={paletteControl.open} onHelp={helpControl.open} />
      )}
      <Drawer
        opened={narrow && menu}
        onClose={menuControl.close}
        size={272}
        withCloseButton={false}
        padding={0}
        title={t('menu')}
        classNames={{ header: 'visually-hidden', body: classes['drawer'] ?? '' }}
      >
        <Rail collapsed={false} onSearch={paletteControl.open} onHelp={helpControl.open} />
      </Drawer>
      <main id="content" className={classes['content']} tabIndex={-1}>
        <Outlet />
      </main>
      <Suspense>
        {palette && <CommandPalette onClose={paletteControl.close} />}
        {help && <ShortcutsDialog onClose={helpControl.close} />}
      </Suspense>
    </div>
  );
}
