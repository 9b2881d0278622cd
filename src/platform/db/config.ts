import { textSetting } from '#platform/config/setting.ts';

export const databaseSettings = {
  dataDirectory: textSetting('QUAYSIDE_DATA_DIR', {
    default: '.quayside',
    description: 'Folder of the embedded database and of generated secrets.',
  }),
  databaseUrl: textSetting('DATABASE_URL', {
    default: null,
    secret: true,
    description: 'Use this PostgreSQL (15 to 18) instead of the embedded one.',
  }),
} as const;
