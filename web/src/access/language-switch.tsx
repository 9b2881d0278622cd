import { Button } from '@mantine/core';
import { IconLanguage } from '@tabler/icons-react';
import { currentLanguage, setLanguage } from '../i18n/i18n.ts';

/** Offers the other language in its own words. */
export function LanguageSwitch() {
  const other = currentLanguage() === 'en' ? 'zh-CN' : 'en';
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      leftSection={<IconLanguage size={16} />}
      lang={other}
      onClick={() => void setLanguage(other)}
    >
      {other === 'en' ? 'English' : '简体中文'}
    </Button>
  );
}
