import { textSetting } from '#platform/config/setting.ts';

export const cryptoSettings = {
  secretKey: textSetting('QUAYSIDE_SECRET_KEY', {
    default: null,
    secret: true,
    description: 'Master key of secrets at rest, at least 32 characters; generated into the data folder when unset.',
  }),
} as const;
