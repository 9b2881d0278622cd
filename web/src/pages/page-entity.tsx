import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { EntityField } from '../actions/entity-field.tsx';
import type { Blueprint } from '../api/wire.ts';
import { entityQuery } from '../catalog/api.ts';
import type { PageDocument } from './api.ts';
import classes from './board.module.css';
import { asksForEntity, type EntityOfPage, PageEntity } from './templates-of-text.ts';
import { isOfEntity } from './widget-body.tsx';
import { allWidgets } from './widget.ts';

/** Whether the page is about one entity at a time. */
export const needsEntity = (page: PageDocument): boolean =>
  page.type === 'entity' ||
  asksForEntity([page.widgets, page.pageFilters]) ||
  allWidgets(page.widgets).some((widget) => isOfEntity(widget) && widget['entity'] === undefined);

/** The entity that the address names, once it is there. */
export function useEntityOfPage(
  blueprint: Blueprint | undefined,
  identifier: string | undefined,
): { readonly about: EntityOfPage | undefined; readonly waits: boolean } {
  const enabled = blueprint !== undefined && identifier !== undefined;
  const found = useQuery({ ...entityQuery(blueprint?.identifier ?? '', identifier ?? ''), enabled, retry: false });
  const about = enabled && found.data !== undefined ? { entity: found.data, blueprint } : undefined;
  return { about, waits: enabled && found.isPending };
}

export const nameOf = (about: EntityOfPage | undefined) =>
  about === undefined ? undefined : { blueprint: about.blueprint.identifier, identifier: about.entity.identifier };

interface EntityPickerProps {
  readonly blueprint: Blueprint;
  readonly chosen: string | undefined;
  readonly onChange: (identifier: string) => void;
}

/** Which one the page is looked at for; the address keeps it. */
export function EntityPicker({ blueprint, chosen, onChange }: EntityPickerProps) {
  const { t } = useTranslation('pages');
  return (
    <div className={classes['picker']}>
      <EntityField
        input={{ type: 'string' }}
        blueprint={blueprint.identifier}
        value={chosen}
        common={{
          label: t('entity.which', { blueprint: blueprint.title }),
          description: undefined,
          withAsterisk: false,
          error: undefined,
        }}
        onChange={(next) => onChange(typeof next === 'string' ? next : '')}
      />
    </div>
  );
}

export function AboutEntity({
  about,
  children,
}: {
  readonly about: EntityOfPage | undefined;
  readonly children: ReactNode;
}) {
  return <PageEntity value={about}>{children}</PageEntity>;
}
