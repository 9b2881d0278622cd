import { Alert, Button } from '@mantine/core';
import { IconLanguage } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { JsonEditor } from '../../ui/json-editor.tsx';
import { pathKeys } from '../../ui/json-position.ts';
import { Panel } from '../../ui/panel.tsx';
import { useErrorWords } from '../../ui/states.tsx';
import { importPipeline } from '../api.ts';
import type { PipelineDocument } from '../wire.ts';
import classes from './builder.module.css';
import { isDocument } from './document-edits.ts';
import type { PipelineBuilder } from './use-pipeline-builder.ts';

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const HEIGHT = 640;

/** The whole document as text, both ways; mistakes stand at their line. */
export function PipelineJson({ builder: { document, setDocument, problems } }: { readonly builder: PipelineBuilder }) {
  const { t } = useTranslation('pipelines');
  const [typed, setTyped] = useState(() => JSON.stringify(document, null, 2));
  const reading = read(typed);
  const follows = !isDocument(reading) || JSON.stringify(reading) === JSON.stringify(document);
  return (
    <Panel title={t('builder.view.json')}>
      <JsonEditor
        label={t('builder.view.json')}
        value={follows ? typed : JSON.stringify(document, null, 2)}
        maxHeight={HEIGHT}
        notes={problems.map(({ path, message }) => ({ path: pathKeys(path), message }))}
        onChange={(text) => {
          setTyped(text);
          const value = read(text);
          if (isDocument(value)) setDocument(value);
        }}
      />
      {isDocument(reading) && <ForeignExpressions text={typed} document={document} onTranslated={setDocument} />}
      {!isDocument(reading) && (
        <p className={classes['error']} role="alert">
          {t('builder.broken')}
        </p>
      )}
    </Panel>
  );
}

interface ForeignExpressionsProps {
  readonly text: string;
  readonly document: PipelineDocument;
  readonly onTranslated: (document: PipelineDocument) => void;
}

/** A document of Spinnaker's: its expressions can be translated, and what cannot is listed. */
function ForeignExpressions({ text, document, onTranslated }: ForeignExpressionsProps) {
  const { t } = useTranslation('pipelines');
  const words = useErrorWords();
  const translation = useMutation({
    mutationFn: async () => importPipeline(document),
    onSuccess: ({ pipeline }) => onTranslated(pipeline),
  });
  const notes = translation.data?.notes ?? [];
  if (!text.includes('${') && notes.length === 0) return null;
  return (
    <Alert color="gray" variant="light" icon={<IconLanguage size={18} />} role="status" mt={12}>
      <div className={classes['notice']}>
        <span>
          {translation.isError ? words(translation.error) : t(notes.length === 0 ? 'import.found' : 'import.left')}
        </span>
        {text.includes('${') && (
          <Button size="xs" variant="default" loading={translation.isPending} onClick={() => translation.mutate()}>
            {t('import.translate')}
          </Button>
        )}
      </div>
      {notes.length > 0 && (
        <ul className={classes['notes']}>
          {notes.map(({ path, message }) => (
            <li key={`${path} ${message}`}>
              <code>{path}</code> {message}
            </li>
          ))}
        </ul>
      )}
    </Alert>
  );
}
