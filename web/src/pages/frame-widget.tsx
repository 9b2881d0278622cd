import { Button } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFill, usePageEntity } from './templates-of-text.ts';
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
  const fill = useFill();
  const about = usePageEntity();
  const filled = fill(textOf(widget, 'url'), encodeURIComponent);
  const site = URL.canParse(filled) ? new URL(filled) : undefined;
  // As the other site's pages expect it.
  if (about !== undefined) {
    site?.searchParams.set('entity', about.entity.identifier);
    site?.searchParams.set('blueprint', about.entity.blueprint);
  }
  return <Frame url={about === undefined ? filled : (site?.href ?? '')} title={title} />;
}

/** An address in a sandbox, once the reader agreed to its site. */
export function Frame({ url, title }: { readonly url: string; readonly title: string }) {
  const { t } = useTranslation('pages');
  const [agreed, setAgreed] = useState(agreedSites);
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
