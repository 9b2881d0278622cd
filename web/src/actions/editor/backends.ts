import { firstBody } from './starting-points.ts';

/** A backend as people choose it. */
export interface BackendKind {
  readonly id: string;
  readonly icon: string;
  readonly starts: { readonly [key: string]: unknown };
}

export const backendKinds: readonly BackendKind[] = [
  { id: 'WEBHOOK', icon: 'Link', starts: { type: 'WEBHOOK', url: '', method: 'POST', body: firstBody } },
  {
    id: 'GITHUB',
    icon: 'Github',
    starts: {
      type: 'GITHUB',
      org: '',
      repo: '',
      workflow: '',
      workflowInputs: { run_id: '{{ .run.id }}' },
      reportWorkflowStatus: true,
    },
  },
  {
    id: 'GITLAB',
    icon: 'GitLab',
    starts: {
      type: 'GITLAB',
      projectName: '',
      groupName: '',
      pipelineVariables: { RUN_ID: '{{ .run.id }}', '{{ spreadValue() }}': '{{ .inputs }}' },
    },
  },
  { id: 'AZURE_DEVOPS', icon: 'Azure', starts: { type: 'AZURE_DEVOPS', org: '', webhook: '', payload: firstBody } },
  { id: 'KAFKA', icon: 'Server', starts: { type: 'KAFKA', payload: firstBody } },
  {
    id: 'UPSERT_ENTITY',
    icon: 'Blueprint',
    starts: {
      type: 'UPSERT_ENTITY',
      blueprintIdentifier: '',
      mapping: { identifier: '{{ .inputs.identifier }}', title: '{{ .inputs.title }}', properties: {}, relations: {} },
    },
  },
  {
    id: 'SCORECARD_REMINDER',
    icon: 'Slack',
    starts: { type: 'SCORECARD_REMINDER', blueprintIdentifier: '', scorecardIdentifier: '' },
  },
  {
    id: 'SLACK_MESSAGE',
    icon: 'Slack',
    starts: { type: 'SLACK_MESSAGE', text: '' },
  },
  {
    id: 'INTEGRATION_ACTION',
    icon: 'Bolt',
    starts: {
      type: 'INTEGRATION_ACTION',
      installationId: '',
      integrationActionType: 'dispatch_workflow',
      integrationActionExecutionProperties: {
        org: '',
        repo: '',
        workflow: '',
        workflowInputs: { run_id: '{{ .run.id }}' },
        reportWorkflowStatus: true,
      },
    },
  },
];

/** Which of them a method is; one that is not known here is edited as JSON. */
export function backendKindOf(method: Readonly<Record<string, unknown>>): BackendKind | undefined {
  const id = method['type'] === 'AZURE-DEVOPS' ? 'AZURE_DEVOPS' : method['type'];
  return backendKinds.find((one) => one.id === id);
}
