import { describe, expect, it } from 'vitest';
import type { PipelineDocument } from '../wire.ts';
import { detached, referenceOf, withPlanned } from './template-edits.ts';

const stage = (waitTime: number) => ({
  refId: '1',
  requisiteStageRefIds: [],
  type: 'wait',
  name: 'Wait',
  waitTime,
});
const made: PipelineDocument = {
  application: 'shop',
  name: 'Deploy',
  schema: 'v2',
  type: 'templatedPipeline',
  template: { reference: 'spinnaker://rollout:stable' },
  templatedFrom: { variables: { soak: 1 } },
  templateValues: { soak: 1 },
  variables: { soak: 1 },
  triggers: [{ type: 'cron', id: 'template-1' }],
  stages: [stage(1)],
};

describe('a pipeline that a template makes', () => {
  it('names the template, whatever it is named by', () => {
    const named = (reference: unknown) => referenceOf({ ...made, template: { reference } });
    expect(referenceOf(made)).toEqual({ name: 'rollout:stable', id: 'rollout', tag: 'stable' });
    expect(named('rollout')).toMatchObject({ id: 'rollout', tag: 'latest' });
    expect(named('spinnaker://rollout@sha256:abc')).toMatchObject({ id: 'rollout', tag: 'latest' });
    expect(named(7)).toBeNull();
    expect(referenceOf(detached(made))).toBeNull();
  });

  it('keeps what it is once it is its own', () => {
    const { application, name, triggers, stages } = made;
    expect(detached(made)).toEqual({ application, name, triggers, stages });
  });

  it('takes the stages of other values, and lists that nobody edited', () => {
    const planned = {
      ...made,
      stages: [stage(5)],
      triggers: [{ type: 'cron', id: 'template-1', of: 5 }],
      templateValues: { soak: 5 },
    };
    expect(withPlanned(made, planned, made, { soak: 5 })).toMatchObject({
      stages: [{ waitTime: 5 }],
      triggers: [{ of: 5 }],
      variables: { soak: 5 },
      templateValues: { soak: 5 },
    });
    const edited = { ...made, triggers: [] };
    expect(withPlanned(edited, planned, made, { soak: 5 })).toMatchObject({ triggers: [], stages: [{ waitTime: 5 }] });
  });
});
