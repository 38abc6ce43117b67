/**
 * Ballots that this browser still holds go on by themselves when their owner comes back (C10).
 *
 * Rules: asked of slips that are open and for which a ballot was given; what is refused for good is told on the slip's own page, and there
 * the receipt is shown.
 */
import { session } from '../../session.svelte.ts';
import type { Listed } from '../consultations.ts';
import { deliver, type Record } from './casting.ts';
import { safe } from './safe.ts';

export async function goOn(person: string, slips: readonly Listed[]): Promise<void> {
  for (const { consultation } of slips) {
    const path = `/api/consultations/${consultation}`;
    try {
      const record = await safe.read<Record>(person, consultation);
      if (record?.kind !== 'ballot') continue;
      const receipt = await deliver(record, {
        path,
        keep: (waiting) => safe.keep(person, consultation, waiting),
        ask: (body) => session.api.send('POST', `${path}/draw`, body),
      });
      await safe.keep(person, consultation, { kind: 'done', receipt } satisfies Record);
    } catch {
      // Tried again the next time; the slip's page says why.
    }
  }
}
