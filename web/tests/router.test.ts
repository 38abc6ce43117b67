import { describe, expect, it } from 'vitest';
import { go, href, match, place } from '$lib/router.svelte.ts';

describe('the part after #', () => {
  it('gives the variables of a pattern that fits', () => {
    expect(match('/meetings/:meeting/papers', '/meetings/m-abc/papers')).toEqual({ meeting: 'm-abc' });
    expect(match('/meetings/:meeting', '/meetings/a%2Fb')).toEqual({ meeting: 'a/b' });
    expect(match('/', '/')).toEqual({});
  });
  it('refuses what does not fit', () => {
    expect(match('/meetings/:meeting', '/meetings')).toBeNull();
    expect(match('/meetings/:meeting', '/meetings/')).toBeNull();
    expect(match('/meetings', '/people')).toBeNull();
  });
  it('is where the page is', async () => {
    const arrive = async (path: string): Promise<void> => {
      const changed = new Promise((done) => addEventListener('hashchange', done, { once: true }));
      go(path);
      await changed;
    };
    // Tests of other files share this document and may have gone elsewhere.
    if (place.path !== '/') await arrive('/');
    expect(place.path).toBe('/');
    await arrive('/meetings');
    expect(place.path).toBe('/meetings');
    expect(href('/x')).toBe('#/x');
  });
});
