/** Somebody else wrote first what this transaction was about to write: the runner starts the command over. */
export class LostRace extends Error {
  override readonly name = 'LostRace';

  constructor(what: string) {
    super(`Another transaction wrote ${what} first`);
  }
}
