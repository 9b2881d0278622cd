import { IconCheck, IconExternalLink, IconMinus } from '@tabler/icons-react';
import { Suspense } from 'react';
import { lazyPart } from '../ui/lazy-part.tsx';
import { useTranslation } from 'react-i18next';
import { isPlain } from '../actions/editor/paths.ts';
import type { Json, PropertySchema } from '../api/wire.ts';
import { withWords } from '../i18n/i18n.ts';
import { useKnown } from '../runs/run-summary.tsx';
import { Chip } from '../ui/chip.tsx';
import { CodeView } from '../ui/code-view.tsx';
import { RowSkeletons } from '../ui/states.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { Who } from '../ui/who.tsx';
import { isBlank } from './columns.ts';
import { Countdown } from './countdown.tsx';
import classes from './property-value.module.css';
import { addressOf, isApiDescription } from './read-api-text.ts';

interface PropertyValueProps {
  readonly value: Json | undefined;
  readonly schema: PropertySchema;
  /** One line, as in a table. */
  readonly compact?: boolean;
}

/** A property's value in the way its type is best read. */
export function PropertyValue({ value, schema, compact = false }: PropertyValueProps) {
  const { t, i18n } = useTranslation('catalog');
  if (value === undefined || value === null || isBlank(value)) {
    return (
      <span className={classes['blank']}>
        <span aria-hidden>–</span>
        <span className="visually-hidden">{t('value.blank')}</span>
      </span>
    );
  }
  if (typeof value === 'boolean') return <Flag value={value} />;
  if (typeof value === 'number')
    return <span className={classes['number']}>{new Intl.NumberFormat(i18n.language).format(value)}</span>;
  if (Array.isArray(value)) return <Items values={value} schema={schema} compact={compact} />;
  if (schema.format === 'labeled-url' && isPlain(value) && typeof value['url'] === 'string')
    return <Address value={value['url']} text={value['displayText']} />;
  if (typeof value === 'object') return <Whole value={value} schema={schema} compact={compact} />;
  return <Text value={value} schema={schema} compact={compact} />;
}

/** An object: as what it describes, or as JSON. */
function Whole({ value, schema, compact }: { value: object; schema: PropertySchema; compact: boolean }) {
  const { t } = useTranslation('catalog');
  if (compact) return <code className={classes['code']}>{JSON.stringify(value)}</code>;
  const label = schema.title ?? t('value.json');
  if (!isApiDescription(value)) return <CodeView value={value} label={label} />;
  return (
    <Suspense fallback={<CodeView value={value} label={label} />}>
      <ApiView value={value} label={label} />
    </Suspense>
  );
}

function Flag({ value }: { readonly value: boolean }) {
  const { t } = useTranslation();
  const Mark = value ? IconCheck : IconMinus;
  return (
    <span className={classes['flag']} data-on={value || undefined}>
      <Mark size={15} aria-hidden />
      {value ? t('yes') : t('no')}
    </span>
  );
}

/** Items that are more than a word each. */
const formatted: ReadonlySet<string> = new Set(['url', 'email', 'user', 'date-time', 'timer']);

function Items({
  values,
  schema,
  compact,
}: {
  readonly values: readonly Json[];
  readonly schema: PropertySchema;
  readonly compact: boolean;
}) {
  if (!compact && values.some((one) => typeof one === 'object'))
    return <CodeView value={values} label={schema.title ?? ''} />;
  const most = compact ? 2 : values.length;
  const itemSchema = schema.items?.format;
  if (!compact && itemSchema !== undefined && formatted.has(itemSchema)) {
    return (
      <span className={classes['items']}>
        {values.map((one, index) => (
          <PropertyValue key={index} value={one} schema={{ type: 'string', format: itemSchema }} />
        ))}
      </span>
    );
  }
  return (
    <span className={classes['items']}>
      {values.slice(0, most).map((one, index) => (
        <Chip
          key={index}
          color={(schema.enumColors ?? schema.items?.enumColors)?.[typeof one === 'string' ? one : JSON.stringify(one)]}
        >
          {typeof one === 'object' ? JSON.stringify(one) : String(one)}
        </Chip>
      ))}
      {values.length > most && <span className={classes['more']}>+{values.length - most}</span>}
    </span>
  );
}

function LongText({ value, schema }: { readonly value: string; readonly schema: PropertySchema }) {
  if (schema.format !== 'markdown') return <CodeView value={value} label={schema.title ?? schema.format ?? ''} />;
  return (
    <Suspense fallback={<span className={classes['text']}>{value}</span>}>
      <Markdown value={value} />
    </Suspense>
  );
}

interface TextProps {
  readonly value: string;
  readonly schema: PropertySchema;
  readonly compact: boolean;
}

function Text({ value, schema, compact }: TextProps) {
  if (schema.spec === 'embedded-url' && !compact) {
    return (
      <div className={classes['frame']}>
        <Suspense fallback={<Address value={value} />}>
          <Frame url={value} title={schema.title ?? value} />
        </Suspense>
      </div>
    );
  }
  if (apiSpecs.has(schema.spec ?? '')) return <Api value={value} schema={schema} compact={compact} />;
  if (schema.enum !== undefined || schema.enumColors !== undefined)
    return <Chip color={schema.enumColors?.[value]}>{value}</Chip>;
  return <Formatted value={value} schema={schema} compact={compact} />;
}

const apiSpecs: ReadonlySet<string> = new Set(['open-api', 'async-api']);

/** A description of an interface: as text, or where it is. */
function Api({ value, schema, compact }: TextProps) {
  if (compact) return addressOf(value) === undefined ? <span>{value.split('\n')[0]}</span> : <Address value={value} />;
  return (
    <Suspense fallback={<RowSkeletons rows={3} />}>
      <ApiText value={value} label={schema.title ?? schema.spec ?? ''} />
    </Suspense>
  );
}

function Formatted({ value, schema, compact }: TextProps) {
  const known = useKnown();
  switch (schema.format) {
    case 'url':
      return <Address value={value} />;
    case 'email':
      return (
        <a className={classes['link']} href={`mailto:${value}`}>
          {value}
        </a>
      );
    case 'date-time':
      return <RelativeTime at={value} />;
    case 'timer':
      return <Countdown at={value} />;
    case 'labeled-url':
      return <Address value={value} />;
    case 'team':
      return <Chip color="darkGray">{value}</Chip>;
    case 'user':
      return <Who {...known(value)} machine={false} />;
    case 'ipv4':
    case 'ipv6':
      return <code className={classes['code']}>{value}</code>;
    case 'markdown':
    case 'yaml':
    case 'proto':
      return compact ? <span>{value.split('\n')[0]}</span> : <LongText value={value} schema={schema} />;
    default:
      return <span className={compact ? undefined : classes['text']}>{value}</span>;
  }
}

/** Only pages that show a long text fetch what renders it. */
const Markdown = lazyPart(async () => ({ default: (await import('../ui/markdown.tsx')).Markdown }));

const Frame = lazyPart(
  withWords(async () => ({ default: (await import('../pages/frame-widget.tsx')).Frame }), 'pages'),
);

const ApiView = lazyPart(withWords(async () => ({ default: (await import('./api-view.tsx')).ApiView }), 'entity'));

const ApiText = lazyPart(withWords(async () => ({ default: (await import('./api-text.tsx')).ApiText }), 'entity'));

function Address({ value, text }: { readonly value: string; readonly text?: unknown }) {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  // Only web addresses become links: a value may have been written by anybody.
  if (url === undefined || !/^https?:$/.test(url.protocol)) return <span>{value}</span>;
  const shown =
    typeof text === 'string' && text !== '' ? text : `${url.host}${url.pathname === '/' ? '' : url.pathname}`;
  return (
    <a className={classes['link']} href={value} target="_blank" rel="noreferrer" title={value}>
      <span>{shown}</span>
      <IconExternalLink size={13} aria-hidden />
    </a>
  );
}
