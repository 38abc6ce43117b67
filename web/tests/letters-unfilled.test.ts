import { expect, it } from 'vitest';
import { unfilled, type Wording } from '../src/console/letters/letters.ts';

const wording: Wording = { abstract: 'Về họp', body: '', authority: 'VIỆN TRƯỞNG', signer: 'u-1', basis: '', recipients: '', urgency: null, people: false, agenda: false, tasks: false };

it('names each place of the proposed words that nobody has filled', () => {
  const body = 'Điều 1. …\nĐiều 2. Thông qua kế hoạch.\n  Điều 3. ...\nHết./.';
  expect(unfilled({ ...wording, body, basis: 'Căn cứ …;' })).toEqual([
    { field: 'basis', line: 'Căn cứ …;' },
    { field: 'body', line: 'Điều 1. …' },
    { field: 'body', line: 'Điều 3. ...' },
  ]);
  expect(unfilled({ ...wording, body: 'Điều 1. Thông qua.\n./.' })).toEqual([]);
});
