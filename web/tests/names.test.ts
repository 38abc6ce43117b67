import { expect, test } from 'vitest';
import { byName } from '../src/console/names.ts';
import ordered from './names-in-order.json';

test('names go by the given name in Vietnamese order, as on the server', () => {
  expect(ordered.toReversed().toSorted(byName)).toEqual(ordered);
  expect(ordered.toReversed().map((one) => one.normalize('NFD')).toSorted(byName).map((one) => one.normalize('NFC'))).toEqual(ordered);
});
