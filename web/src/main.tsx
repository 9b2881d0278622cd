import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './ui/theme/mantine.css';
import './ui/theme/tokens.css';
import './ui/theme/named-colors.css';
import './ui/theme/base.css';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api/query-client.ts';
import { startI18n } from './i18n/i18n.ts';
import { router } from './router.tsx';
import { forgetTyping, watchTyping } from './ui/missing-part.ts';
import { theme } from './ui/theme/theme.ts';

const colorScheme = localStorageColorSchemeManager({ key: 'quayside-theme' });

function Root() {
  return (
    <StrictMode>
      <MantineProvider
        theme={theme}
        defaultColorScheme="auto"
        colorSchemeManager={colorScheme}
        withCssVariables={false}
        withGlobalClasses={false}
      >
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>
  );
}

const place = document.getElementById('root');
if (place === null) throw new Error('index.html has no element with the id "root"');
watchTyping(document);
router.subscribe('onResolved', ({ pathChanged }) => {
  if (pathChanged) forgetTyping();
});
await startI18n();
createRoot(place).render(<Root />);
