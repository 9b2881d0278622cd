import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { mostWorkflowInputs } from '../../../../src/integrations/github/contract.ts';
import { blueprintsQuery } from '../../catalog/api.ts';
import { scorecardsQuery } from '../../scorecards/api.ts';
import { ChannelField } from '../../slack/channel-field.tsx';
import classes from './editor.module.css';
import { Section, SelectField, SwitchField, TextField } from './fields.tsx';
import { HeaderFields } from './header-fields.tsx';
import { PayloadField } from './payload-field.tsx';
import { WorkflowInputsCheck } from './workflow-inputs-check.tsx';
import { textOf, useField } from './use-action-editor.ts';

const at = (...keys: readonly string[]): readonly string[] => ['invocationMethod', ...keys];

/** The same in every language. */
const example = {
  address: 'https://',
  branch: 'main',
  workflow: 'deploy.yml',
} as const;

/** The form of one kind of backend. */
export function BackendFields({ kind }: { readonly kind: string }) {
  const { t } = useTranslation('action-editor');
  const Fields = forms[kind];
  return Fields === undefined ? null : (
    <Section title={t(`backends.${kind}.title`)}>
      <Fields />
    </Section>
  );
}

const forms: Readonly<Record<string, () => React.ReactNode>> = {
  WEBHOOK: WebhookFields,
  GITHUB: GitHubFields,
  GITLAB: GitLabFields,
  AZURE_DEVOPS: AzureFields,
  KAFKA: KafkaFields,
  UPSERT_ENTITY: EntityFields,
  SCORECARD_REMINDER: ReminderFields,
  SLACK_MESSAGE: SlackFields,
  INTEGRATION_ACTION: IntegrationFields,
};

const methods = ['POST', 'PUT', 'PATCH', 'GET', 'DELETE'].map((one) => ({ value: one, label: one }));

function WebhookFields() {
  const { t } = useTranslation('action-editor');
  return (
    <>
      <div className={classes['address']}>
        <SelectField
          path={at('method')}
          label={t('webhook.method')}
          data={methods}
          placeholder={methods[0]?.label ?? ''}
        />
        <TextField
          path={at('url')}
          label={t('webhook.url')}
          help={t('webhook.urlHelp')}
          placeholder={example.address}
          mono
          required
          keepsBlank
        />
      </div>
      <SwitchField
        path={at('synchronized')}
        label={t('webhook.synchronized')}
        help={t('webhook.synchronizedHelp')}
        standard={false}
      />
      <SwitchField path={at('agent')} label={t('webhook.agent')} help={t('webhook.agentHelp')} standard={false} />
      <HeaderFields />
      <PayloadField path={at('body')} label={t('webhook.body')} help={t('webhook.bodyHelp')} />
    </>
  );
}

function GitHubFields() {
  const { t } = useTranslation('action-editor');
  return (
    <>
      <div className={classes['two']}>
        <TextField path={at('org')} label={t('github.org')} mono required keepsBlank />
        <TextField path={at('repo')} label={t('github.repo')} mono required keepsBlank />
      </div>
      <div className={classes['two']}>
        <TextField
          path={at('workflow')}
          label={t('github.workflow')}
          help={t('github.workflowHelp')}
          placeholder={example.workflow}
          mono
          required
          keepsBlank
        />
        <TextField
          path={at('workflowInputs', 'ref')}
          label={t('github.ref')}
          help={t('github.refHelp')}
          placeholder={example.branch}
          mono
        />
      </div>
      <SwitchField
        path={at('reportWorkflowStatus')}
        label={t('github.report')}
        help={t('github.reportHelp')}
        standard
      />
      <PayloadField
        path={at('workflowInputs')}
        label={t('github.inputs')}
        help={t('github.inputsHelp', { most: mostWorkflowInputs })}
      />
      <WorkflowInputsCheck />
    </>
  );
}

function GitLabFields() {
  const { t } = useTranslation('action-editor');
  return (
    <>
      <div className={classes['two']}>
        <TextField path={at('groupName')} label={t('gitlab.group')} mono required keepsBlank />
        <TextField path={at('projectName')} label={t('gitlab.project')} mono required keepsBlank />
      </div>
      <TextField
        path={at('defaultRef')}
        label={t('gitlab.ref')}
        help={t('gitlab.refHelp')}
        placeholder={example.branch}
        mono
      />
      <SwitchField
        path={at('reportWorkflowStatus')}
        label={t('gitlab.report')}
        help={t('gitlab.reportHelp')}
        standard
      />
      <PayloadField path={at('pipelineVariables')} label={t('gitlab.variables')} help={t('gitlab.variablesHelp')} />
    </>
  );
}

function AzureFields() {
  const { t } = useTranslation('action-editor');
  return (
    <>
      <div className={classes['two']}>
        <TextField path={at('org')} label={t('azure.org')} mono required keepsBlank />
        <TextField
          path={at('webhook')}
          label={t('azure.webhook')}
          help={t('azure.webhookHelp')}
          mono
          required
          keepsBlank
        />
      </div>
      <TextField path={at('project')} label={t('azure.project')} help={t('azure.projectHelp')} mono />
      <SwitchField path={at('reportWorkflowStatus')} label={t('azure.report')} help={t('azure.reportHelp')} standard />
      <PayloadField path={at('payload')} label={t('payload.title')} help={t('payload.help')} />
    </>
  );
}

function KafkaFields() {
  const { t } = useTranslation('action-editor');
  return (
    <>
      <p className={classes['help']}>{t('kafka.topic')}</p>
      <PayloadField path={at('payload')} label={t('payload.title')} help={t('payload.help')} />
    </>
  );
}

function EntityFields() {
  const { t } = useTranslation('action-editor');
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  return (
    <>
      <SelectField
        path={at('blueprintIdentifier')}
        label={t('upsert.blueprint')}
        required
        data={blueprints.map((one) => ({ value: one.identifier, label: one.title }))}
      />
      <div className={classes['two']}>
        <TextField path={at('mapping', 'identifier')} label={t('upsert.identifier')} mono />
        <TextField path={at('mapping', 'title')} label={t('upsert.title')} mono />
        <TextField path={at('mapping', 'team')} label={t('upsert.team')} mono />
        <TextField path={at('mapping', 'icon')} label={t('upsert.icon')} mono />
      </div>
      <PayloadField
        path={at('mapping', 'properties')}
        label={t('upsert.properties')}
        help={t('upsert.propertiesHelp')}
      />
      <PayloadField path={at('mapping', 'relations')} label={t('upsert.relations')} help={t('upsert.relationsHelp')} />
    </>
  );
}

function ReminderFields() {
  const { t } = useTranslation('action-editor');
  const { data: scorecards = [] } = useQuery(scorecardsQuery);
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const { value: blueprint } = useField(at('blueprintIdentifier'));
  const chosen = textOf(blueprint);
  return (
    <>
      <p className={classes['help']}>{t('reminder.help')}</p>
      <div className={classes['two']}>
        <SelectField
          path={at('blueprintIdentifier')}
          label={t('reminder.blueprint')}
          required
          data={blueprints.map((one) => ({ value: one.identifier, label: one.title }))}
        />
        <SelectField
          path={at('scorecardIdentifier')}
          label={t('reminder.scorecard')}
          required
          data={scorecards
            .filter((one) => chosen === '' || one.blueprint === chosen)
            .map((one) => ({ value: one.identifier, label: one.title }))}
        />
      </div>
      <SlackChannel />
    </>
  );
}

/** A channel of the workspace, or a template that names one. */
function SlackChannel() {
  const { t } = useTranslation('action-editor');
  const { value, set, error } = useField(at('channel'));
  return (
    <ChannelField
      label={t('reminder.channel')}
      description={t('reminder.channelHelp')}
      error={error}
      value={typeof value === 'string' ? value : ''}
      onChange={(channel) => set(channel === '' ? undefined : channel)}
    />
  );
}

function SlackFields() {
  const { t } = useTranslation('action-editor');
  return (
    <>
      <p className={classes['help']}>{t('slack.help')}</p>
      <TextField path={at('text')} label={t('slack.text')} help={t('slack.textHelp')} lines={3} required keepsBlank />
      <SlackChannel />
      <PayloadField path={at('blocks')} label={t('slack.blocks')} help={t('slack.blocksHelp')} />
    </>
  );
}

function IntegrationFields() {
  const { t } = useTranslation('action-editor');
  return (
    <>
      <p className={classes['help']}>{t('integration.help')}</p>
      <div className={classes['two']}>
        <TextField path={at('installationId')} label={t('integration.installation')} mono required keepsBlank />
        <TextField path={at('integrationActionType')} label={t('integration.type')} mono required keepsBlank />
      </div>
      <PayloadField
        path={at('integrationActionExecutionProperties')}
        label={t('integration.properties')}
        help={t('payload.help')}
      />
    </>
  );
}
