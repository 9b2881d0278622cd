/**
 * A command found that it needs something slow, which no lock should wait for. The runner rolls back, does that work
 * and starts the command over, which then finds the outcome remembered.
 */
export class Unprepared extends Error {
  override readonly name = 'Unprepared';

  readonly prepare: () => Promise<void>;

  constructor(prepare: () => Promise<void>) {
    super('The command starts over when its work outside of the transaction is done');
    this.prepare = prepare;
  }
}
