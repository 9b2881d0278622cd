import { Alert, Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import classes from './editor.module.css';
import type { TemplateProblem } from './preview-api.ts';
import { useEditor } from './use-action-editor.ts';

const SHOWN = 3;

interface Told {
  readonly path: string;
  readonly message: string;
}

function Problems({ problems }: { readonly problems: readonly Told[] }) {
  return (
    <ul className={classes['brokenList']}>
      {problems.slice(0, SHOWN).map(({ path, message }) => (
        <li key={`${path} ${message}`}>
          <code>{path}</code> {message}
        </li>
      ))}
      {problems.length > SHOWN && <li>…</li>}
    </ul>
  );
}

/** Above the tabs, for as long as a template of the backend cannot work whatever is entered. */
export function BrokenTemplates() {
  const { t } = useTranslation('action-editor');
  const { warnings } = useEditor().checks;
  const certain = warnings.filter((one) => one.certain);
  if (certain.length === 0) return null;
  return (
    <Alert
      color="yellow"
      variant="light"
      icon={<IconAlertTriangle size={18} />}
      role="status"
      classNames={{ root: classes['brokenNotice'] ?? '', icon: classes['brokenIcon'] ?? '' }}
    >
      <div className={classes['notice']}>
        <strong>{t('broken.title')}</strong>
        <Problems problems={certain.map(({ path, message }) => ({ path: path.slice(1).join('.'), message }))} />
        <Button
          size="xs"
          variant="default"
          component={Link}
          to="."
          search={((before: object) => ({ ...before, tab: 'backend', input: undefined })) as never}
          replace
        >
          {t('broken.go')}
        </Button>
      </div>
    </Alert>
  );
}

/** Said once it is saved, also to those who were led away from the editor. */
export function BrokenToast({
  action,
  problems,
}: {
  readonly action: string;
  readonly problems: readonly TemplateProblem[];
}) {
  const { t } = useTranslation('action-editor');
  return (
    <>
      <Problems problems={problems.map(({ path, message }) => ({ path: path.replace(/^\$\.?/, ''), message }))} />
      <Link
        to="/self-service/$action/edit"
        params={{ action }}
        search={{ tab: 'backend' } as never}
        className={classes['brokenLink']}
      >
        {t('broken.go')}
      </Link>
    </>
  );
}
