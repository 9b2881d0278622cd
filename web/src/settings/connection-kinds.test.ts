import { describe, expect, it } from 'vitest';
import { connectionChange, connectionKinds, wayOf } from './connection-kinds.ts';

const [github, gitlab] = connectionKinds as [(typeof connectionKinds)[0], (typeof connectionKinds)[0]];
const nothing: ReadonlySet<string> = new Set();

describe('what a connection form sends', () => {
  it('is settings as a whole and the secrets that were typed', () => {
    const typed = { url: ' https://gitlab.example.com ', token: 'one', triggerToken: '' };
    expect(connectionChange(gitlab, 'token', typed, nothing)).toEqual({
      settings: { url: 'https://gitlab.example.com' },
      secrets: { token: 'one' },
    });
  });

  it('forgets what belongs to another way, and what is to be forgotten unless it was typed anew', () => {
    const typed = { appId: '7', privateKey: 'pem', token: 'typed before the way was changed' };
    expect(connectionChange(github, 'app', typed, new Set(['webhookSecret', 'privateKey']))).toEqual({
      settings: { appId: '7' },
      secrets: { token: null, privateKey: 'pem', webhookSecret: null },
    });
    expect(connectionChange(github, 'token', {}, nothing)).toEqual({ settings: {}, secrets: { privateKey: null } });
  });

  it('opens in the way it was saved', () => {
    const saved = { kind: 'github', secrets: ['privateKey'], version: 1, updatedAt: '' };
    expect(wayOf(github, { ...saved, settings: { appId: '7' } })).toBe('app');
    expect(wayOf(github, { ...saved, settings: {} })).toBe('token');
    expect(wayOf(gitlab, undefined)).toBe('token');
  });
});
