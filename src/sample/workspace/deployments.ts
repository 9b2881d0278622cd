import type { LegacyActionInput } from '#actions/save-action.ts';
import type { ByKey, PropertyDefinition } from '#catalog/blueprint-document.ts';
import type { BlueprintBody } from '#catalog/contract.ts';

/** The blueprint of the guide about reflecting an action's progress. */
export const microserviceBlueprint: BlueprintBody = {
  identifier: 'microservice',
  title: 'Microservice',
  description: 'This blueprint represents service in our software catalog',
  icon: 'Microservice',
  schema: { properties: { region: { type: 'string', title: 'Region' } }, required: [] },
  mirrorProperties: {},
  calculationProperties: {},
  relations: {},
};

/** That guide's two actions, in the older shape, with the sample's own backend behind them. */
export function microserviceActions(backendUrl: string): readonly LegacyActionInput[] {
  const invocationMethod = { url: backendUrl, agent: false, type: 'WEBHOOK' } as const;
  return [
    {
      identifier: 'create_microservice',
      title: 'Create Microservice',
      icon: 'Microservice',
      userInputs: {
        properties: {
          name: { title: 'Service name', type: 'string' },
          region: { title: 'Cloud Region', type: 'string', enum: ['eu-west-1', 'us-east-1', 'ap-southeast-1'] },
        },
        required: ['name'],
        order: ['name', 'region'],
      },
      invocationMethod,
      trigger: 'CREATE',
      description: 'Create new microservice',
    },
    {
      identifier: 'deploy_microservice',
      title: 'Deploy Microservice',
      icon: 'Deployment',
      userInputs: {
        properties: { environment: { title: 'Environment', type: 'string', enum: ['staging', 'production'] } },
        required: ['environment'],
        order: ['environment'],
      },
      invocationMethod,
      trigger: 'DAY-2',
      description: 'Deploy the microservice in a specified environment',
    },
  ];
}

export const microserviceEntities: readonly object[] = [
  { identifier: 'cart-api', title: 'Cart API', properties: { region: 'eu-west-1' }, relations: {} },
  { identifier: 'notification-service', title: 'Notification Service', properties: { region: 'eu-west-1' } },
  { identifier: 'price-engine', title: 'Price Engine', properties: { region: 'us-east-1' }, relations: {} },
];

const deploymentProperties: ByKey<PropertyDefinition> = {
  healthStatus: {
    type: 'string',
    title: 'Health Status',
    enum: ['Healthy', 'Degraded', 'Crashed', 'Restarting'],
    enumColors: { Healthy: 'green', Degraded: 'orange', Crashed: 'red', Restarting: 'yellow' },
  },
  cpuUtil: { type: 'number', title: 'CPU Utilization' },
  memoryUtil: { type: 'number', title: 'Memory Utilization' },
  newRelicUrl: {
    type: 'string',
    format: 'url',
    title: 'New Relic',
    description: 'Link to the new relic dashboard of the service',
  },
  sentryUrl: {
    type: 'string',
    format: 'url',
    title: 'Sentry URL',
    description: 'Link to the new sentry dashboard of the service',
  },
  prometheusUrl: { type: 'string', format: 'url', title: 'Prometheus URL' },
  locked: {
    type: 'boolean',
    title: 'Locked',
    default: false,
    description: 'Are deployments currently allowed for this configuration',
    icon: 'Lock',
  },
};

/** The blueprint of the changelog listener guide; changes go to the sample's own listener. */
export function deploymentConfigBlueprint(changelogUrl: string): BlueprintBody {
  return {
    identifier: 'deploymentConfig',
    title: 'Deployment Config',
    description: 'One microservice in one environment. Its changelog goes to a listener that tells Slack.',
    icon: 'DeploymentConfig',
    schema: { properties: deploymentProperties, required: [] },
    mirrorProperties: {},
    calculationProperties: {},
    relations: {},
    changelogDestination: { type: 'WEBHOOK', url: changelogUrl },
  };
}

export const deploymentConfigEntities: readonly object[] = [
  deployment('notification-service-prod', 'Notification Service Production', {
    healthStatus: 'Healthy',
    cpuUtil: 25,
    memoryUtil: 30,
  }),
  deployment('notification-service-staging', 'Notification Service Staging', {
    healthStatus: 'Healthy',
    cpuUtil: 4,
    memoryUtil: 18,
  }),
  deployment('cart-api-prod', 'Cart API Production', { healthStatus: 'Healthy', cpuUtil: 61, memoryUtil: 48 }),
  deployment('cart-api-staging', 'Cart API Staging', { healthStatus: 'Restarting', cpuUtil: 12, memoryUtil: 22 }),
  deployment('price-engine-prod', 'Price Engine Production', { healthStatus: 'Degraded', cpuUtil: 92, memoryUtil: 71 }),
];

/** The dashboards need not exist: their addresses show what a property of that kind looks like. */
function deployment(
  identifier: string,
  title: string,
  measured: { readonly healthStatus: string; readonly cpuUtil: number; readonly memoryUtil: number },
): object {
  const prometheusUrl = `https://metrics.example.com/d/${identifier}`;
  const locked = measured.healthStatus === 'Degraded';
  return { identifier, title, properties: { ...measured, prometheusUrl, locked }, relations: {} };
}
