import { addressSetting, textSetting } from '#platform/config/setting.ts';

export const azureDevOpsSettings = {
  azureDevOpsUrl: addressSetting('QUAYSIDE_AZURE_DEVOPS_URL', {
    default: 'https://dev.azure.com',
    description: 'Address of Azure DevOps.',
  }),
  azureDevOpsToken: textSetting('QUAYSIDE_AZURE_DEVOPS_TOKEN', {
    default: null,
    secret: true,
    description: 'Personal access token (scope Build, read) that finds and follows the pipeline runs of actions.',
  }),
  azureDevOpsProject: textSetting('QUAYSIDE_AZURE_DEVOPS_PROJECT', {
    default: null,
    description: 'Project whose pipelines actions start, for actions that name none.',
  }),
} as const;
