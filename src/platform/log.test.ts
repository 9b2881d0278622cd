import { Writable } from 'node:stream';
import { DatabaseError } from 'pg';
import { expect, test } from 'vitest';
import { createLog } from './log.ts';

function lines(): { readonly into: Writable; readonly text: () => string } {
  let text = '';
  const into = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  return { into, text: () => text };
}

test('a database error is logged with what helps, without the values of the row', () => {
  const { into, text } = lines();
  const log = createLog({ level: 'info', pretty: false, into });
  const error = Object.assign(new DatabaseError('duplicate key value', 0, 'error'), {
    code: '23505',
    constraint: 'person_by_email',
    detail: 'Key (email)=(canary@example.com) already exists.',
    where: 'canary function call',
    internalQuery: 'select canary',
  });
  log.error({ event: 'request-failed', err: error });
  log.error({ event: 'several', err: new AggregateError([error], 'two failed') });
  expect(text()).toContain('person_by_email');
  expect(text()).toContain('23505');
  expect(text()).toContain('duplicate key value');
  expect(text()).not.toContain('canary');
});
