import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { JsonEditor } from '../../ui/json-editor.tsx';
import { Panel } from '../../ui/panel.tsx';
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

/** `stages[1].waitTime` as keys. */
const keysOf = (path: string): (string | number)[] =>
  path
    .split(/[.[\]]+/)
    .filter(Boolean)
    .map((key) => (/^\d+$/.test(key) ? Number(key) : key));

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
        notes={problems.map(({ path, message }) => ({ path: keysOf(path), message }))}
        onChange={(text) => {
          setTyped(text);
          const value = read(text);
          if (isDocument(value)) setDocument(value);
        }}
      />
      {!isDocument(reading) && (
        <p className={classes['error']} role="alert">
          {t('builder.broken')}
        </p>
      )}
    </Panel>
  );
}
