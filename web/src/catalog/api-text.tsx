import { Button } from '@mantine/core';
import { IconAlertTriangle, IconExternalLink, IconInfoCircle } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeView } from '../ui/code-view.tsx';
import { NewVersion } from '../ui/lazy-part.tsx';
import { isMissingPart } from '../ui/missing-part.ts';
import { RowSkeletons } from '../ui/states.tsx';
import classes from './api-view.module.css';
import { ApiView } from './api-view.tsx';
import { addressOf, type ApiText as Read, readApiText } from './read-api-text.ts';

interface ApiTextProps {
  readonly value: string;
  readonly label: string;
}

/** A description of an interface that is kept as text: YAML, JSON, or the address where it is. */
export function ApiText({ value, label }: ApiTextProps) {
  const address = addressOf(value);
  return address === undefined ? <Written key={value} value={value} label={label} /> : <Elsewhere address={address} />;
}

/** Nothing is asked of another site for the reader: the address is shown, and opened when they say so. */
function Elsewhere({ address }: { readonly address: URL }) {
  const { t } = useTranslation('entity');
  return (
    <div className={classes['elsewhere']}>
      <div>
        <code>{address.href}</code>
        <p>{t('api.elsewhere', { site: address.host })}</p>
      </div>
      <Button
        component="a"
        variant="default"
        href={address.href}
        target="_blank"
        rel="noreferrer"
        rightSection={<IconExternalLink size={15} aria-hidden />}
      >
        {t('api.open')}
      </Button>
    </div>
  );
}

function Written({ value, label }: ApiTextProps) {
  const { t } = useTranslation('entity');
  const [read, setRead] = useState<Read | 'missing'>();
  useEffect(() => {
    let gone = false;
    const set = (next: Read | 'missing'): void => {
      if (!gone) setRead(next);
    };
    readApiText(value).then(set, (error: unknown) =>
      set(isMissingPart(error) ? 'missing' : { kind: 'broken', line: undefined }),
    );
    return () => {
      gone = true;
    };
  }, [value]);
  if (read === undefined) return <RowSkeletons rows={3} />;
  if (read === 'missing') return <NewVersion />;
  if (read.kind === 'document') return <ApiView value={read.value} label={label} source={value} />;
  const Mark = read.kind === 'broken' ? IconAlertTriangle : IconInfoCircle;
  return (
    <div className={classes['api']}>
      <p className={classes['why']} data-kind={read.kind}>
        <Mark size={16} aria-hidden />
        <span>
          {read.kind === 'broken' && read.line !== undefined
            ? t('api.brokenAt', { line: read.line })
            : t(`api.${read.kind}`)}
        </span>
      </p>
      <CodeView value={value} label={label} />
    </div>
  );
}
