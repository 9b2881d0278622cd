import { addressSetting, integerSetting, listSetting, textSetting } from '#platform/config/setting.ts';

const maximumPort = 65_535;

export const httpSettings = {
  host: textSetting('QUAYSIDE_HOST', { default: '127.0.0.1', description: 'Address to listen on.' }),
  port: integerSetting('QUAYSIDE_PORT', {
    default: 3000,
    minimum: 0,
    maximum: maximumPort,
    description: 'Port to listen on; 0 takes any free one.',
  }),
  url: addressSetting('QUAYSIDE_URL', {
    default: null,
    description: 'Public address, used in links and cookies. Default: the address listened on.',
  }),
  trustProxy: listSetting('QUAYSIDE_TRUST_PROXY', {
    default: [],
    description: 'Addresses of trusted reverse proxies, comma-separated.',
  }),
  metricsPort: integerSetting('QUAYSIDE_METRICS_PORT', {
    default: 9464,
    minimum: 0,
    maximum: maximumPort,
    description: 'Port of /metrics, apart from the public one; 0 turns it off.',
  }),
} as const;
