/**
 * What a browser still keeps of a secret slip that is over: told once, on the slip's page, then forgotten (C10).
 *
 * Rules: of a ballot that did not arrive nothing but its receipt outlives this; of a draft, nothing.
 *
 *     const found = await leftOver(person, slip, given, safe);  // shown, then: await safe.alone(slip, () => safe.forget(person, slip))
 */
import { type Late, type Record, tooLate } from './casting.ts';
import type { Safe } from './safe.ts';

/** `done`: it had arrived, and nobody had seen the receipt. `given`: whether the server says that a ballot was given. */
export type Left = { kind: 'done'; receipt: string } | Late;

export function leftOver(person: string, slip: string, given: boolean, safe: Safe): Promise<Left | null> {
  return safe.alone(slip, async () => {
    const record = await safe.read<Record>(person, slip);
    if (record?.kind === 'done' && record.receipt) return { kind: 'done', receipt: record.receipt };
    if (record?.kind === 'ballot' || record?.kind === 'late') {
      const late = record.kind === 'late' ? record : await tooLate(record);
      await safe.keep(person, slip, late);
      return { ...late, given: late.given || given };
    }
    if (record) await safe.forget(person, slip);
    return null;
  });
}
