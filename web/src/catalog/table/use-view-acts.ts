import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { sessionQuery } from '../../api/session.ts';
import type { Blueprint, Json } from '../../api/wire.ts';
import { readFilter } from '../filter/rule-tree.ts';
import type { useTableState } from './use-table-state.ts';
import { changeView, chooseDefault, createView, deleteView, type View, viewOfState } from './view-api.ts';

export type Acts = ReturnType<typeof useViewActs>;

/** What can be done with views of a table. */
export function useViewActs(blueprint: Blueprint, table: ReturnType<typeof useTableState>) {
  const { t } = useTranslation('table');
  const client = useQueryClient();
  const { data: session } = useQuery(sessionQuery);
  const roles = session?.person.roles ?? [];
  const renew = async (): Promise<void> => client.invalidateQueries({ queryKey: ['views', blueprint.identifier] });
  const { identifier } = blueprint;
  const filter = readFilter(table.state.filter, blueprint);
  const shown = () => viewOfState(table.state, filter.rules.length === 0 ? null : (filter as unknown as Json));
  return {
    mayRule: ['Admin', 'Moderator', `${identifier}-moderator`].some((role) => roles.includes(role)),
    create: useMutation({
      mutationFn: async ({ title, shared }: { readonly title: string; readonly shared: boolean }) =>
        createView(identifier, { title, shared, state: shown() }),
      onSuccess: async (made) => {
        await renew();
        table.choose(made.id);
        notifications.show({ message: t('views.saved', { view: made.title }) });
      },
    }),
    change: useMutation({
      mutationFn: async ({
        view,
        ...body
      }: {
        readonly view: View;
        readonly title?: string;
        readonly shared?: boolean;
      }) => changeView(identifier, view, body),
      onSuccess: renew,
    }),
    save: useMutation({
      mutationFn: async (view: View) => changeView(identifier, view, { state: shown() }),
      onSuccess: async (saved) => {
        await renew();
        table.choose(saved.id);
        notifications.show({ message: t('views.saved', { view: saved.title }) });
      },
      onError: renew,
    }),
    remove: useMutation({
      mutationFn: async (view: View) => deleteView(identifier, view),
      onSuccess: async () => {
        table.choose('all');
        await renew();
      },
    }),
    open: useMutation({
      mutationFn: async ({ view, whom }: { readonly view: string | null; readonly whom: 'me' | 'everyone' }) =>
        chooseDefault(identifier, view, whom),
      onSuccess: renew,
    }),
  };
}
