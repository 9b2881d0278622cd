import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Blueprint, Entity, Scorecard } from '../api/wire.ts';
import { Chip } from '../ui/chip.tsx';
import type { Column } from '../ui/data-table.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { columnWidth, isLong, propertiesOf } from './columns.ts';
import { PropertyValue } from './property-value.tsx';
import { TeamChips } from './team-chips.tsx';

const asList = (value: string | readonly string[] | null | undefined): readonly string[] =>
  value === null || value === undefined ? [] : typeof value === 'string' ? [value] : value;

/** The columns of a blueprint's table: title, levels, teams, properties, relations, last change. */
export function useEntityColumns(blueprint: Blueprint, scorecards: readonly Scorecard[]): readonly Column<Entity>[] {
  const { t } = useTranslation('catalog');
  return useMemo(
    () => [
      {
        key: '$title',
        title: t('column.title'),
        width: 220,
        sortable: true,
        cell: (row) => (
          <Link
            to="/catalog/$blueprint/$identifier"
            params={{ blueprint: row.blueprint, identifier: row.identifier }}
            style={{ fontWeight: 550 }}
            title={row.identifier}
          >
            {row.title}
          </Link>
        ),
      },
      ...scorecards.map((scorecard): Column<Entity> => levelColumn(scorecard)),
      {
        key: '$team',
        title: t('team.title'),
        width: 140,
        sortable: true,
        cell: (row) => <TeamChips teams={row.team} />,
      },
      ...propertiesOf(blueprint)
        .filter(({ schema }) => !isLong(schema))
        .map((property): Column<Entity> => ({
          key: property.key,
          title: property.title,
          width: columnWidth(property),
          ...(property.schema.type === 'number' ? { align: 'end' as const } : {}),
          sortable: true,
          cell: (row) => <PropertyValue value={row.properties[property.key]} schema={property.schema} compact />,
        })),
      ...Object.entries(blueprint.relations).map(([key, relation]): Column<Entity> => ({
        key,
        title: relation.title ?? key,
        width: 180,
        sortable: true,
        cell: (row) => <RelationCell target={relation.target} identifiers={asList(row.relations[key])} />,
      })),
      {
        key: '$updatedAt',
        title: t('column.updated'),
        width: 140,
        sortable: true,
        cell: (row) => <RelativeTime at={row.updatedAt} />,
      },
    ],
    [blueprint, scorecards, t],
  );
}

function levelColumn(scorecard: Scorecard): Column<Entity> {
  const levelOf = (row: Entity): string | undefined => row.scorecards?.[scorecard.identifier]?.level;
  return {
    key: `level:${scorecard.identifier}`,
    title: scorecard.title,
    width: Math.max(140, scorecard.title.length * 8 + 40),
    sortable: true,
    cell: (row) => {
      const level = levelOf(row);
      if (level === undefined) return <PropertyValue value={null} schema={{ type: 'string' }} />;
      return (
        <Chip dot color={scorecard.levels.find((one) => one.title === level)?.color}>
          {level}
        </Chip>
      );
    },
  };
}

function RelationCell({ target, identifiers }: { readonly target: string; readonly identifiers: readonly string[] }) {
  const [first, ...rest] = identifiers;
  if (first === undefined) return <PropertyValue value={null} schema={{ type: 'string' }} />;
  return (
    <>
      <Link
        to="/catalog/$blueprint/$identifier"
        params={{ blueprint: target, identifier: first }}
        style={{ color: 'var(--q-accent-text)' }}
      >
        {first}
      </Link>
      {rest.length > 0 && <span style={{ color: 'var(--q-text-3)', flex: 'none' }}>+{rest.length}</span>}
    </>
  );
}
