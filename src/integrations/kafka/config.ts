import { choiceSetting, textSetting } from '#platform/config/setting.ts';

export const kafkaSettings = {
  kafkaBrokers: textSetting('QUAYSIDE_KAFKA_BROKERS', {
    default: null,
    description: 'Kafka brokers as host:port, separated by commas, for actions with the backend KAFKA.',
  }),
  kafkaTls: choiceSetting('QUAYSIDE_KAFKA_TLS', {
    choices: ['on', 'off'],
    default: 'on',
    description: 'Whether the brokers are spoken to over TLS.',
  }),
  kafkaSaslMechanism: choiceSetting('QUAYSIDE_KAFKA_SASL_MECHANISM', {
    choices: ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'],
    default: null,
    description: 'How to sign in to the brokers; without it nobody signs in.',
  }),
  kafkaUsername: textSetting('QUAYSIDE_KAFKA_USERNAME', { default: null, description: 'User name at the brokers.' }),
  kafkaPassword: textSetting('QUAYSIDE_KAFKA_PASSWORD', {
    default: null,
    secret: true,
    description: 'Password at the brokers.',
  }),
} as const;
