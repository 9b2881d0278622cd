import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

export interface ScramUser {
  readonly username: string;
  readonly password: string;
  /** Knows the user's name and not the password: its last word cannot be right. */
  readonly impostor?: boolean;
  /** Answers what makes no sense. */
  readonly mute?: boolean;
}

/** The server's half of SCRAM (RFC 5802) for one connection: each message of the client, and the answer to it. */
export function createScramServer(mechanism: string, user: ScramUser): (message: string) => string {
  const algorithm = mechanism.endsWith('512') ? 'sha512' : 'sha256';
  const hmac = (key: Buffer, text: string): Buffer => createHmac(algorithm, key).update(text).digest();
  const salt = randomBytes(16);
  const iterations = 4096;
  let first = '';
  let answer = '';
  return (message) => {
    if (user.mute === true) return 'no parameters';
    if (first === '') {
      first = message.replace(/^n,,/, '');
      const nonce = /(?:^|,)r=([^,]*)/.exec(first)?.[1] ?? '';
      answer = `r=${nonce}${randomBytes(12).toString('base64url')},s=${salt.toString('base64')},i=${iterations}`;
      return answer;
    }
    const [, bare = '', proof = ''] = /^(.*),p=(.*)$/.exec(message) ?? [];
    const salted = pbkdf2Sync(user.password, salt, iterations, algorithm === 'sha512' ? 64 : 32, algorithm);
    const said = `${first},${answer},${bare}`;
    const clientKey = hmac(salted, 'Client Key');
    const signature = hmac(createHash(algorithm).update(clientKey).digest(), said);
    const expected = Buffer.from(clientKey.map((byte, at) => byte ^ (signature[at] ?? 0))).toString('base64');
    if (user.impostor !== true && (proof !== expected || !first.startsWith(`n=${user.username},`))) {
      return 'e=invalid-proof';
    }
    return `v=${hmac(hmac(salted, 'Server Key'), said).toString('base64')}`;
  };
}
