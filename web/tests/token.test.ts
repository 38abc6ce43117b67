import { describe, expect, it } from 'vitest';
import { type TokenInfo, tokenStep } from '../src/seat/sections.ts';

const token = (state: TokenInfo['state'], more: Partial<TokenInfo> = {}): TokenInfo => ({
  state,
  name: '',
  tries_left: null,
  low: false,
  last: false,
  shortest: 4,
  longest: 8,
  code: '',
  data: {},
  count: 1,
  needed: false,
  mine: false,
  signs: true,
  ...more,
});

describe('what a screen does about the token', () => {
  it.each([
    [undefined, 'none'],
    [token('off'), 'none'],
    [token('absent'), 'plug'],
    [token('reading'), 'say'],
    [token('ready'), 'pin'],
    [token('working'), 'pin'],
    [token('blocked'), 'say'],
    [token('several'), 'say'],
    [token('fault', { code: 'card-foreign' }), 'say'],
  ] as const)('%o', (given, step) => expect(tokenStep(given)).toBe(step));

  it('leaves passwords where they are when no card service runs, unless a token is what opens this seat', () => {
    expect(tokenStep(token('fault', { code: 'card-service-absent' }))).toBe('none');
    expect(tokenStep(token('fault', { code: 'card-service-absent', needed: true }))).toBe('say');
  });
});
