import { Button } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sessionQuery } from '../api/session.ts';
import { fillTemplate } from './templates-of-text.ts';
import { textOf, type Widget } from './widget.ts';
import classes from './widget.module.css';

const KEY = 'quayside-shown-sites';

function agreedSites(): readonly string[] {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(read) ? read.filter((one): one is string => typeof one === 'string') : [];
  } catch {
    return [];
  }
}

/** Another site in a frame. Nothing is asked of it before the reader agreed, once for each site. */
export function FrameWidget({ widget, title }: { readonly widget: Widget; readonly title: string }) {
  const { t } = useTranslation('pages');
  const { data: session } = useQuery(sessionQuery);
  const [agreed, setAgreed] = useState(agreedSites);
  const url = fillTemplate(textOf(widget, 'url'), session?.person, encodeURIComponent);
  const site = URL.canParse(url) ? new URL(url) : undefined;
  if (site?.protocol !== 'https:') return <p className={classes['nothing']}>{t('frame.notHttps')}</p>;
  if (!agreed.includes(site.host)) {
    return (
      <div className={classes['asked']}>
        <p>{t('frame.ask', { site: site.host })}</p>
        <Button
          variant="default"
          onClick={() => {
            const next = [...agreed, site.host];
            localStorage.setItem(KEY, JSON.stringify(next));
            setAgreed(next);
          }}
        >
          {t('frame.show')}
        </Button>
        <a href={url} target="_blank" rel="noreferrer">
          {t('frame.open')} <IconExternalLink size={13} aria-hidden />
        </a>
      </div>
    );
  }
  return (
    <iframe
      className={classes['frame']}
      src={url}
      title={title}
      loading="lazy"
      referrerPolicy="no-referrer"
      // Its own scripts, but neither cookies nor our window, downloads or dialogs.
      sandbox="allow-scripts allow-forms allow-popups"
      allow=""
    />
  );
}
