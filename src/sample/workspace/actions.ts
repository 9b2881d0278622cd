import type { ActionInput } from '#actions/save-action.ts';
import { productionReadiness } from './production-readiness.ts';

/** Where the sample's workflows live on its own GitHub. */
export const workflowRepository = { owner: 'quayside-sample', name: 'port-actions' } as const;

const reminderWorkflow = {
  type: 'GITHUB',
  org: workflowRepository.owner,
  repo: workflowRepository.name,
  workflow: 'port-slack-reminder.yml',
  workflowInputs: { run_id: '{{ .run.id }}' },
  reportWorkflowStatus: true,
} as const;

/** The action of the reminder guides: a workflow sends the reminder and reports to the run. */
export const sendReminder: ActionInput = {
  identifier: 'send_scorecard_reminder',
  title: 'Send scorecard reminder',
  icon: 'Slack',
  description: 'Send a scorecard reminder to your team on Slack',
  trigger: {
    type: 'self-service',
    operation: 'CREATE',
    blueprintIdentifier: 'service',
    userInputs: { properties: {}, required: [], order: [] },
  },
  invocationMethod: reminderWorkflow,
  requiredApproval: false,
};

const reminder = {
  type: 'SCORECARD_REMINDER',
  blueprintIdentifier: 'service',
  scorecardIdentifier: productionReadiness.identifier,
} as const;

export const sendReminderBuiltIn: ActionInput = {
  identifier: 'send_scorecard_reminder_built_in',
  title: 'Send scorecard reminder (built in)',
  icon: 'Slack',
  description: 'The same reminder, sent by Quayside itself: no workflow needed',
  trigger: {
    type: 'self-service',
    operation: 'CREATE',
    blueprintIdentifier: 'service',
    userInputs: { properties: {}, required: [], order: [] },
  },
  invocationMethod: reminder,
  requiredApproval: false,
};

/** Plays the monitor, so that a change of health can be seen travelling to Slack. */
export function reportHealth(backendUrl: string): ActionInput {
  const invocationMethod = {
    type: 'WEBHOOK',
    url: backendUrl,
    body: {
      action: 'report_health',
      context: { runId: '{{ .run.id }}', entity: '{{ .entity.identifier }}' },
      payload: { properties: { healthStatus: '{{ .inputs.healthStatus }}' } },
    },
  } as const;
  return {
    identifier: 'report_health',
    title: 'Report health',
    icon: 'Alert',
    description: 'Play the monitor: say how a deployment is, and see the change arrive in Slack',
    trigger: {
      type: 'self-service',
      operation: 'DAY-2',
      blueprintIdentifier: 'deploymentConfig',
      userInputs: {
        properties: {
          healthStatus: {
            type: 'string',
            title: 'Health status',
            enum: ['Healthy', 'Degraded', 'Crashed', 'Restarting'],
            default: 'Degraded',
          },
        },
        required: ['healthStatus'],
        order: ['healthStatus'],
      },
    },
    invocationMethod,
    requiredApproval: false,
  };
}
