import type { DeliveryConfig, Environment, EnvironmentVersion } from '../../src/pipelines/environments/api.ts';
import { ago } from './catalog.ts';

export const deliveryConfig: DeliveryConfig = {
  application: 'checkout',
  name: 'checkout-manifest',
  artifacts: [{ name: 'checkout', type: 'docker', reference: 'checkout' }],
  environments: [
    { name: 'test', constraints: [] },
    {
      name: 'production',
      constraints: [
        { type: 'depends-on', environment: 'test' },
        { type: 'manual-judgement', timeout: 'P2D', instructions: 'Look at the dashboard first.' },
      ],
      notifications: [{ type: 'slack', address: '#releases' }],
    },
  ],
};

const version = (
  name: string,
  hours: number,
  status: EnvironmentVersion['status'],
  constraint: Partial<EnvironmentVersion['constraint']> | null = null,
): EnvironmentVersion => ({
  version: name,
  details: { commit: 'a1b2c3d' },
  reportedAt: ago(hours),
  reportedBy: 'Build server',
  status,
  approvedAt: status === 'current' ? ago(hours) : null,
  constraint:
    constraint === null
      ? null
      : {
          id: `constraint_${name}`,
          status: 'PENDING',
          judgedBy: null,
          judgedAt: null,
          comment: null,
          approval: null,
          ...constraint,
        },
});

const artifact = { name: 'checkout', type: 'docker', reference: 'checkout' };
const judged = { judgedBy: 'lead@example.com', judgedAt: ago(20) };

export const environments: readonly Environment[] = [
  {
    name: 'test',
    dependsOn: [],
    judged: false,
    timeout: null,
    artifacts: [{ ...artifact, versions: [version('2026.11.3', 2, 'current'), version('2026.11.2', 20, 'previous')] }],
  },
  {
    name: 'production',
    dependsOn: ['test'],
    judged: true,
    timeout: 'P2D',
    artifacts: [
      {
        ...artifact,
        versions: [
          version('2026.11.3', 2, 'pending', { approval: 'apr_run' }),
          version('2026.11.2', 20, 'rejected', {
            ...judged,
            status: 'OVERRIDE_FAIL',
            comment: 'Errors in the canary.',
          }),
          version('2026.11.1', 70, 'current', { ...judged, status: 'OVERRIDE_PASS' }),
        ],
      },
    ],
  },
];
