import { useTranslation } from 'react-i18next';
import { JsonBlock } from '../../actions/editor/fields.tsx';
import { isPlain } from '../../actions/editor/paths.ts';
import { Panel } from '../../ui/panel.tsx';
import { jsonCompletion } from '../../ui/json-completion.ts';
import { colourNames } from '../../ui/chip.tsx';
import type { BlueprintDraft } from './blueprint-edits.ts';
import { useEditor } from './use-blueprint-editor.ts';

const words = (text: string): readonly string[] => text.split(/\s+/).filter(Boolean);
const described = words('title description icon');
const property = words(`type title description icon format spec specAuthentication default enum enumColors pattern
  minLength maxLength minimum maximum items minItems maxItems uniqueItems properties required additionalProperties`);
const types = words('string number boolean object array');
const formats = words(
  `date-time timer url labeled-url email ipv4 ipv6 markdown yaml proto user team blueprints entity`,
);

const complete = jsonCompletion({
  keys: {
    '': words(`identifier title description icon ownership teamInheritance schema relations mirrorProperties
      calculationProperties aggregationProperties changelogDestination includeInGlobalSearch`),
    ownership: words('type path title'),
    schema: words('properties required'),
    changelogDestination: words('type url agent'),
    'schema.properties.*': property,
    'schema.properties.*.items': property,
    'relations.*': [...described, 'target', 'required', 'many'],
    'mirrorProperties.*': [...described, 'path'],
    'calculationProperties.*': [...described, ...words('calculation type format spec colorized colors')],
    'aggregationProperties.*': [...described, ...words('target type calculationSpec query pathFilter')],
    'aggregationProperties.*.calculationSpec': words('calculationBy func averageOf property measureTimeBy'),
    'aggregationProperties.*.query': words('combinator rules'),
    'aggregationProperties.*.query.rules.*': words('property operator value'),
    'aggregationProperties.*.pathFilter.*': words('path fromBlueprint'),
  },
  values: {
    'ownership.type': ['Direct', 'Inherited'],
    'changelogDestination.type': ['WEBHOOK', 'KAFKA'],
    'schema.properties.*.type': types,
    'schema.properties.*.format': formats,
    'schema.properties.*.spec': words('open-api async-api embedded-url'),
    'schema.properties.*.items.type': types,
    'schema.properties.*.items.format': formats,
    'schema.properties.*.enumColors.*': colourNames,
    'calculationProperties.*.type': types,
    'calculationProperties.*.format': formats,
    'calculationProperties.*.colors.*': colourNames,
    'aggregationProperties.*.calculationSpec.calculationBy': ['entities', 'property'],
    'aggregationProperties.*.calculationSpec.func': words('count average sum min max median'),
    'aggregationProperties.*.calculationSpec.averageOf': words('hour day week month total'),
  },
});

const HEIGHT = 640;

/** The whole blueprint as text, both ways; what the server refuses stands at its line. */
export function BlueprintJson() {
  const { t } = useTranslation('data-model');
  const editor = useEditor();
  return (
    <Panel>
      <JsonBlock
        label={t('json.label')}
        help={t('json.help')}
        value={editor.draft}
        accepts={isPlain}
        errors={editor.faults}
        brokenText={editor.broken['document']}
        onBroken={(text) => editor.setBroken('document', text)}
        onChange={(value) => editor.setDraft(value as BlueprintDraft)}
        complete={complete}
        minHeight={320}
        maxHeight={HEIGHT}
      />
    </Panel>
  );
}
