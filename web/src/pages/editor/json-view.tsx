import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { JsonEditor } from '../../ui/json-editor.tsx';
import { isObject, type Widget } from '../widget.ts';

interface JsonViewProps {
  readonly widgets: readonly Widget[];
  readonly onChange: (widgets: readonly Widget[]) => void;
}

const readWidgets = (text: string): readonly Widget[] | undefined => {
  try {
    const read: unknown = JSON.parse(text);
    const isList = Array.isArray(read) && read.every((one) => isObject(one) && typeof one['type'] === 'string');
    return isList ? (read as readonly Widget[]) : undefined;
  } catch {
    return undefined;
  }
};

/** The widgets as they are kept: all that the forms do not know can be written here. */
export function JsonView({ widgets, onChange }: JsonViewProps) {
  const { t } = useTranslation('pages');
  const [text, setText] = useState(() => JSON.stringify(widgets, null, 2));
  const isRead = readWidgets(text) !== undefined;
  return (
    <>
      <JsonEditor
        value={text}
        label={t('edit.json')}
        minHeight={320}
        maxHeight={720}
        onChange={(next) => {
          setText(next);
          const read = readWidgets(next);
          if (read !== undefined) onChange(read);
        }}
      />
      {!isRead && <p role="alert">{t('edit.jsonBroken')}</p>}
    </>
  );
}
