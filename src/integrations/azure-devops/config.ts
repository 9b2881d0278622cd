import { addressSetting } from '#platform/config/setting.ts';

export const azureDevOpsSettings = {
  azureDevOpsUrl: addressSetting('QUAYSIDE_AZURE_DEVOPS_URL', {
    default: 'https://dev.azure.com',
    description: 'Address of Azure DevOps.',
  }),
} as const;
