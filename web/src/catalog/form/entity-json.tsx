import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { JsonBlock } from '../../actions/editor/fields.tsx';
import { jsonCompletion } from '../../ui/json-completion.ts';
import { entityWords } from './entity-words.ts';
import { documentOf, fromDocument, isEntityDocument } from './entity-draft.ts';
import type { EntityForm } from './use-entity-form.ts';

const HEIGHT = 520;

/** The same entity as one JSON document, both ways. */
export function EntityJson({ form }: { readonly form: EntityForm }) {
  const { t } = useTranslation('entity-form');
  const { blueprint, errors } = form;
  const complete = useMemo(() => jsonCompletion(entityWords(blueprint)), [blueprint]);
  const notes = useMemo(
    () => Object.entries(errors).map(([place, message]) => ({ path: place.split('.'), message })),
    [errors],
  );
  return (
    <JsonBlock
      label={t('json.label')}
      help={t('json.help')}
      value={documentOf(form.draft, blueprint)}
      accepts={isEntityDocument}
      errors={notes}
      brokenText={form.broken['document']}
      onBroken={(text) => form.setBroken('document', text)}
      onChange={(value) => form.setDraft(fromDocument(value))}
      complete={complete}
      minHeight={280}
      maxHeight={HEIGHT}
    />
  );
}
