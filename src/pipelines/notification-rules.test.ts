import { expect, test } from 'vitest';
import { fillPlaces, toldOf } from './notification-rules.ts';

const when = ['pipeline.failed'];

test('words of other clients take the place of the usual ones, by the way they are sent', () => {
  const own = { when, customMessage: 'see {{link}}', customSubject: 'Broken {{ executionId }}', customBody: 'Look.' };
  expect(
    toldOf(
      [
        { type: 'slack', address: '#ops', ...own },
        { type: 'email', address: 'ops@example.com', ...own },
        {
          type: 'email',
          address: 'more@example.com',
          when,
          customSubject: ' ',
          message: { 'pipeline.failed': { text: 'x' } },
        },
      ],
      'pipeline.failed',
    ),
  ).toEqual([
    { via: 'slack', channel: '#ops', text: 'see {{link}}' },
    {
      via: 'email',
      channel: 'ops@example.com',
      text: 'see {{link}}',
      subject: 'Broken {{ executionId }}',
      body: 'Look.',
    },
    { via: 'email', channel: 'more@example.com', text: 'x', subject: null, body: null },
  ]);
  expect(fillPlaces('{{executionId}} at {{ link }}, {{ other }}', { id: 'e1', link: 'https://x/e1' })).toBe(
    'e1 at https://x/e1, {{ other }}',
  );
});
