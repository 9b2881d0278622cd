import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { sessionQuery } from '../api/session.ts';
import { blueprintsQuery } from '../catalog/api.ts';
import { viewedEntities } from '../catalog/viewed-entities.ts';
import { auditsQuery } from '../history/api.ts';
import { AuditList } from '../history/audit-list.tsx';
import { runsQuery } from '../runs/api.ts';
import { RunList } from '../runs/run-list.tsx';
import { NamedIcon } from '../ui/icon.tsx';
import { ErrorState, RowSkeletons } from '../ui/states.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { ActionButtons } from './actions-widget.tsx';
import type { NamedEntity } from './api.ts';
import { usePageEntity } from './templates-of-text.ts';
import { textOf, type Widget } from './widget.ts';
import classes from './widget.module.css';

const LINES = 30;

/** Runs: of one action, of the entity that the page is looked at for, or all that the reader may see. */
export function RunsWidget({ widget }: { readonly widget: Widget }) {
  const about = usePageEntity();
  const action = textOf(widget, 'action');
  const runs = useQuery(
    runsQuery({
      limit: LINES,
      ...(action === '' ? {} : { action }),
      ...(about === undefined ? {} : { entity: about.entity.identifier, blueprint: about.entity.blueprint }),
    }),
  );
  if (runs.isError) return <ErrorState error={runs.error} retry={runs.refetch} />;
  return runs.isPending ? <RowSkeletons rows={3} /> : <RunList runs={runs.data} brief />;
}

export function AuditWidget() {
  const about = usePageEntity();
  const of =
    about === undefined
      ? {}
      : { entity: about.entity.identifier, blueprint: about.entity.blueprint, resources: 'entity' };
  const audits = useQuery(auditsQuery({ ...of, limit: LINES }));
  if (audits.isError) return <ErrorState error={audits.error} retry={audits.refetch} />;
  return audits.isPending ? <RowSkeletons rows={3} /> : <AuditList audits={audits.data} brief />;
}

/** The actions that the reader asked for last. */
export function UsedActions({ widget }: { readonly widget: Widget }) {
  const { data: session } = useQuery(sessionQuery);
  const runs = useQuery({
    ...runsQuery({ limit: 50, user_id: session?.person.id ?? '' }),
    enabled: session?.person !== undefined && session !== null,
  });
  const { t } = useTranslation('pages');
  if (runs.data === undefined) return <RowSkeletons rows={2} />;
  if (runs.data.length === 0)
    return <p className={classes['nothing']}>{textOf(widget, 'emptyStateText') || t('widget.nothing')}</p>;
  return <ActionButtons names={[...new Set(runs.data.map((run) => run.action.identifier))].slice(0, 8)} />;
}

/** Entities of any blueprint, each a line that leads to its page. */
export function EntityLines({
  entities,
  widget,
}: {
  readonly entities: readonly NamedEntity[];
  readonly widget: Widget;
}) {
  const { t } = useTranslation('pages');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  if (entities.length === 0)
    return <p className={classes['nothing']}>{textOf(widget, 'emptyStateText') || t('widget.nothing')}</p>;
  return (
    <ul className={classes['lines']}>
      {entities.map(({ blueprint, identifier, title, icon, updatedAt }) => {
        const kind = blueprints.find((one) => one.identifier === blueprint);
        return (
          <li key={`${blueprint}/${identifier}`}>
            <Link to="/catalog/$blueprint/$identifier" params={{ blueprint, identifier }}>
              <NamedIcon name={icon ?? kind?.icon} size={16} />
              <span>{title ?? identifier}</span>
              <small>{kind?.title ?? blueprint}</small>
              <small>
                <RelativeTime at={updatedAt} />
              </small>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

/** Kept in this browser alone. */
export function ViewedEntities({ widget }: { readonly widget: Widget }) {
  const { data: session } = useQuery(sessionQuery);
  const viewed = viewedEntities(session?.person.id ?? '').map(({ at, ...entity }) => ({ ...entity, updatedAt: at }));
  return <EntityLines entities={viewed} widget={widget} />;
}
