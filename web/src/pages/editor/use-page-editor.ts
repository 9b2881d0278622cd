import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { patch, path } from '../../api/client.ts';
import { isProblem } from '../../api/problem.ts';
import { useErrorWords } from '../../ui/states.tsx';
import { pageQuery, type StoredPage } from '../api.ts';
import { bodyOf, type Draft, draftOf, kept, sameDraft } from './draft.ts';

/** The draft of a page: kept over a reload, saved over the version it began from and no newer one. */
export function usePageEditor(
  stored: StoredPage,
  place: { readonly identifier?: string | undefined; readonly group?: string | undefined },
) {
  const { t } = useTranslation('pages');
  const { identifier } = stored.page;
  const words = useErrorWords();
  const client = useQueryClient();
  const navigate = useNavigate();
  const leaving = useRef(false);
  const [found] = useState(() => kept.read(identifier));
  const [base, setBase] = useState({ draft: draftOf(stored), version: found?.version ?? stored.version });
  const [draft, setDraft] = useState<Draft>({ ...base.draft, ...found?.draft });
  const [isStale, setStale] = useState(false);
  const dirty = !sameDraft(draft, base.draft);
  useEffect(() => {
    if (dirty) kept.keep(identifier, { draft, version: base.version });
    else kept.drop(identifier);
  }, [dirty, draft, base.version, identifier]);
  const leave = (): void => {
    leaving.current = true;
    kept.drop(identifier);
    const { type, blueprint = '' } = stored.page;
    if (type === 'home') void navigate({ to: '/', replace: true });
    else if (type === 'entity' && place.identifier !== undefined) {
      const params = { blueprint, identifier: place.identifier };
      void navigate({
        to: '/catalog/$blueprint/$identifier',
        params,
        search: { tab: place.group ?? '' },
        replace: true,
      });
    } else void navigate({ to: '.', search: {} as never, replace: true });
  };
  const saving = useMutation({
    mutationFn: async (version: string) => patch(path('/v1/pages', identifier), bodyOf(draft, base.draft), { version }),
    onSuccess: async () => {
      notifications.show({ message: t('edit.saved') });
      await client.invalidateQueries({ queryKey: ['page', identifier] });
      await client.invalidateQueries({ queryKey: ['pages'] });
      leave();
    },
    onError: (error) => {
      if (isProblem(error) && error.status === 412) setStale(true);
      else notifications.show({ message: words(error), color: 'red', autoClose: false });
    },
  });
  const newest = async (): Promise<StoredPage> => client.query({ ...pageQuery(identifier), staleTime: 0 });
  return {
    draft,
    setDraft,
    dirty,
    leaving,
    leave,
    isStale,
    isSaving: saving.isPending,
    save: () => saving.mutate(base.version),
    /** Over what somebody else saved meanwhile. */
    async overwrite() {
      setStale(false);
      const { version } = await newest();
      setBase({ ...base, version });
      saving.mutate(version);
    },
    /** What somebody else saved, in place of the draft. */
    async takeTheirs() {
      setStale(false);
      const theirs = await newest();
      const next = draftOf(theirs);
      setBase({ draft: next, version: theirs.version });
      setDraft(next);
    },
    stay: () => setStale(false),
  };
}
