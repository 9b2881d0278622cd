import { textSetting } from '#platform/config/setting.ts';

export const accessSettings = {
  adminEmail: textSetting('QUAYSIDE_ADMIN_EMAIL', {
    default: 'admin@example.com',
    description: 'E-mail of the first administrator.',
  }),
  adminPassword: textSetting('QUAYSIDE_ADMIN_PASSWORD', {
    default: null,
    secret: true,
    description: 'Password of the first administrator; generated when unset.',
  }),
  clientId: textSetting('QUAYSIDE_CLIENT_ID', {
    default: null,
    description: 'First API client id; generated when unset.',
  }),
  clientSecret: textSetting('QUAYSIDE_CLIENT_SECRET', {
    default: null,
    secret: true,
    description: 'First API client secret; generated when unset.',
  }),
} as const;
