import { Button, Modal } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconTrash, IconWebhook } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WebhookBody } from '../../../src/webhooks/contract.ts';
import { fieldErrors, isProblem } from '../api/problem.ts';
import { Identifier } from '../ui/identifier.tsx';
import { JsonEditor, type JsonNote } from '../ui/json-editor.tsx';
import { pathKeys } from '../ui/json-position.ts';
import { keptDrafts } from '../ui/kept-drafts.ts';
import { LeaveGuard, leaveWords } from '../ui/leave-guard.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { ErrorState, RowSkeletons, useErrorWords } from '../ui/states.tsx';
import { deleteWebhook, saveWebhook, type StoredWebhook, webhookQuery, webhooksQuery } from './api.ts';
import { MappingTester } from './mapping-tester.tsx';
import classes from './webhooks.module.css';

const drafts = keptDrafts<string>('webhook');
const crumbs = (label: string) => [{ label, to: '/settings/webhooks' }];

/** A webhook that is there, or `new`. */
export function WebhookPage() {
  const { t } = useTranslation('webhooks');
  const { webhook } = useParams({ from: '/app/settings/webhooks/$webhook' });
  const isNew = webhook === 'new';
  // What somebody else saves meanwhile must not replace what is being typed.
  const stored = useQuery({
    ...webhookQuery(webhook),
    enabled: !isNew,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
  if (isNew) return <Editor key="new" stored={null} />;
  if (stored.isSuccess) return <Editor key={webhook} stored={stored.data} />;
  return (
    <Page title={webhook} crumbs={crumbs(t('title'))}>
      {stored.isError ? <ErrorState error={stored.error} retry={stored.refetch} page /> : <RowSkeletons rows={6} />}
    </Page>
  );
}

const starting: WebhookBody = {
  title: 'Pull requests',
  enabled: true,
  mappings: [
    {
      blueprint: 'pullRequest',
      filter: '.headers."x-github-event" == "pull_request"',
      entity: {
        identifier: '.body.pull_request.id | tostring',
        title: '.body.pull_request.title',
        properties: { url: '.body.pull_request.html_url' },
        relations: { service: '.body.repository.name' },
      },
    },
  ],
  security: {
    signatureHeaderName: 'X-Hub-Signature-256',
    signatureAlgorithm: null,
    signaturePrefix: 'sha256=',
    requestIdentifierPath: '.headers."x-github-delivery"',
  },
};

function textOf(stored: StoredWebhook | null): string {
  if (stored === null) return JSON.stringify(starting, null, 2);
  const { title, description, icon, enabled, integrationType, mappings, security } = stored.webhook;
  return JSON.stringify({ title, description, icon, enabled, integrationType, mappings, security }, null, 2);
}

function read(text: string): WebhookBody | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as WebhookBody) : undefined;
  } catch {
    return undefined;
  }
}

/** The place of a refusal, `/mappings/0/operation` or `security.secret`, in the text. */
function notesOf(error: unknown): readonly JsonNote[] {
  if (!isProblem(error)) return [];
  const { errors } = error.details;
  const found = (Array.isArray(errors) ? errors : []) as readonly { path?: unknown; message?: unknown }[];
  return found.flatMap(({ path, message }) => {
    if (typeof path !== 'string' || typeof message !== 'string') return [];
    return [{ path: pathKeys(path), message }];
  });
}

function Editor({ stored }: { readonly stored: StoredWebhook | null }) {
  const { t } = useTranslation('webhooks');
  const name = stored?.webhook.identifier ?? 'new';
  const client = useQueryClient();
  const navigate = useNavigate();
  const leaving = useRef(false);
  const [key] = useState(() => crypto.randomUUID());
  const [saved, setSaved] = useState(stored);
  const [typed, setTyped] = useState(() => drafts.read(name) ?? textOf(stored));
  const document = read(typed);
  const dirty = typed !== textOf(saved);
  useEffect(() => {
    if (dirty) drafts.keep(name, typed);
    else drafts.drop(name);
  }, [dirty, name, typed]);
  const words = useErrorWords();
  const save = useMutation({
    mutationFn: async (body: WebhookBody) => saveWebhook(body, saved, key),
    onSuccess: (after) => {
      drafts.drop(name);
      client.setQueryData(webhookQuery(after.webhook.identifier).queryKey, after);
      void client.invalidateQueries({ queryKey: webhooksQuery.queryKey, exact: true });
      notifications.show({ message: t('saved', { title: after.webhook.title }) });
      setSaved(after);
      setTyped(textOf(after));
      if (stored !== null) return;
      leaving.current = true;
      const params = { webhook: after.webhook.identifier };
      void navigate({ to: '/settings/webhooks/$webhook', params, replace: true });
    },
  });
  const notes = notesOf(save.error);
  const fields = Object.values(fieldErrors(save.error));
  return (
    <Page
      title={saved?.webhook.title ?? t('new')}
      icon={<IconWebhook size={20} stroke={1.6} />}
      crumbs={crumbs(t('title'))}
      actions={
        <>
          {saved !== null && <DeleteButton webhook={saved.webhook} onLeave={() => void (leaving.current = true)} />}
          <Button
            disabled={document === undefined || (!dirty && saved !== null)}
            loading={save.isPending}
            onClick={() => document !== undefined && save.mutate(document)}
          >
            {t('save')}
          </Button>
        </>
      }
    >
      {saved !== null && (
        <div className={classes['address']}>
          <span>{t('address')}</span>
          <Identifier value={saved.webhook.url} />
        </div>
      )}
      <div className={classes['editor']}>
        <Panel title={t('definition')}>
          <JsonEditor
            label={t('definition')}
            value={typed}
            minHeight={360}
            maxHeight={640}
            notes={notes}
            onChange={setTyped}
          />
          {document === undefined && (
            <p className={classes['error']} role="alert">
              {t('broken')}
            </p>
          )}
          {save.isError && (
            <p className={classes['error']} role="alert">
              {[words(save.error), ...fields].join(' ')}
            </p>
          )}
          <p className={classes['help']}>{t('definitionHelp')}</p>
        </Panel>
        <MappingTester mappings={document?.mappings} webhook={saved?.webhook.identifier ?? null} />
      </div>
      <LeaveGuard
        dirty={dirty && !(saved === null && typed === textOf(null))}
        leaving={leaving}
        onDiscard={() => drafts.drop(name)}
        words={leaveWords(t)}
      />
    </Page>
  );
}

function DeleteButton({
  webhook: { identifier, title },
  onLeave,
}: {
  readonly webhook: StoredWebhook['webhook'];
  readonly onLeave: () => void;
}) {
  const { t } = useTranslation('webhooks');
  const client = useQueryClient();
  const navigate = useNavigate();
  const words = useErrorWords();
  const [asked, setAsked] = useState(false);
  const gone = useMutation({
    mutationFn: async () => deleteWebhook(identifier),
    onSuccess: async () => {
      onLeave();
      drafts.drop(identifier);
      await navigate({ to: '/settings/$section', params: { section: 'webhooks' } });
      client.removeQueries({ queryKey: webhookQuery(identifier).queryKey });
      await client.invalidateQueries({ queryKey: webhooksQuery.queryKey, exact: true });
    },
  });
  return (
    <>
      <Button variant="default" leftSection={<IconTrash size={15} stroke={1.8} />} onClick={() => setAsked(true)}>
        {t('delete.button')}
      </Button>
      <Modal
        opened={asked}
        onClose={() => setAsked(false)}
        title={t('delete.title', { title })}
        closeButtonProps={{ 'aria-label': t('close', { ns: 'common' }) }}
      >
        <p>{t('delete.help')}</p>
        {gone.isError && (
          <p className={classes['error']} role="alert">
            {words(gone.error)}
          </p>
        )}
        <div className={classes['confirm']}>
          <Button variant="default" data-autofocus onClick={() => setAsked(false)}>
            {t('delete.stay')}
          </Button>
          <Button color="red" loading={gone.isPending} onClick={() => gone.mutate()}>
            {t('delete.confirm')}
          </Button>
        </div>
      </Modal>
    </>
  );
}
