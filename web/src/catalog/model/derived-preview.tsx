import { useDebouncedValue } from '@mantine/hooks';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Json, PropertySchema } from '../../api/wire.ts';
import { useErrorWords } from '../../ui/states.tsx';
import { PropertyValue } from '../property-value.tsx';
import { type Definition, textAt } from './blueprint-edits.ts';
import classes from './builder.module.css';
import { previewQuery } from './model-api.ts';
import { useEditor } from './use-blueprint-editor.ts';

const TYPING_MS = 350;

interface DerivedPreviewProps {
  readonly kind: 'mirror' | 'aggregation';
  readonly definition: Definition;
  /** Whether there is enough of it to be computed. */
  readonly ready: boolean;
  readonly schema: PropertySchema;
}

/** What a mirror or an aggregation gives for real entities, as it is being written. */
export function DerivedPreview({ kind, definition, ready, schema }: DerivedPreviewProps) {
  const { t } = useTranslation('data-model');
  const { stored } = useEditor();
  const words = useErrorWords();
  const [settled] = useDebouncedValue(definition, TYPING_MS);
  const blueprint = stored === null ? '' : textAt(stored.draft, 'identifier');
  const preview = useQuery({
    ...previewQuery(blueprint, { [kind]: settled }),
    enabled: blueprint !== '' && ready,
    placeholderData: (before) => before,
  });
  if (blueprint === '') return <p className={classes['help']}>{t('live.unsaved')}</p>;
  if (!ready) return null;
  const { data } = preview;
  return (
    <section
      className={`${classes['live']} ${classes['one']}`}
      aria-busy={preview.isFetching}
      aria-label={t('live.real')}
    >
      <h3>{t('live.real')}</h3>
      {preview.isError && <p className={classes['error']}>{words(preview.error)}</p>}
      {data !== undefined && !preview.isError && (
        <>
          {!data.leads && (
            <p className={classes['result']} data-bad>
              <IconAlertTriangle size={16} aria-hidden />
              {t(kind === 'mirror' ? 'live.noPath' : 'live.noWay')}
            </p>
          )}
          {data.values.length === 0 && <p className={classes['help']}>{t('live.noEntities')}</p>}
          <dl className={classes['values']}>
            {data.values.map(({ entity, value }) => (
              <div key={entity.identifier}>
                <dt>
                  <Link
                    to="/catalog/$blueprint/$identifier"
                    params={{ blueprint, identifier: entity.identifier }}
                    target="_blank"
                  >
                    {entity.title}
                  </Link>
                </dt>
                <dd>
                  <PropertyValue value={value as Json} schema={schema} compact />
                </dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </section>
  );
}
