/**
 * What this browser still holds of secret slips when their owner comes back: ballots go on by themselves, and of what is over nothing stays
 * that nobody has to be told (C10).
 *
 * Rules: of a slip that is open a ballot goes on; what is refused for good is told on the slip's own page, and there the receipt is shown. Of one
 * that is over only a receipt is kept, for its page; of one that is not there any more, nothing.
 */
import { Failure } from '$lib/failure.ts';
import { session } from '../../session.svelte.ts';
import type { Slip } from '../consultations.ts';
import { deliver, type Record, tooLate } from './casting.ts';
import { safe as ours, type Safe } from './safe.ts';

export async function goOn(person: string, safe: Safe = ours): Promise<void> {
  for (const slip of await safe.slips(person)) {
    try {
      await safe.alone(slip, () => one(person, slip, safe));
    } catch {
      // Tried again the next time; the slip's page says why.
    }
  }
}

async function one(person: string, slip: string, safe: Safe): Promise<void> {
  const record = await safe.read<Record>(person, slip);
  if (!record) return;
  const path = `/api/consultations/${slip}`;
  // Asked for now: a list may be older than what was begun in another window.
  const there = await stage(path);
  if (there === 'gone') await safe.forget(person, slip);
  else if (there === 'over') {
    if (record.kind === 'ballot') await safe.keep(person, slip, await tooLate(record));
    else if (record.kind === 'draft' || (record.kind === 'done' && !record.receipt)) await safe.forget(person, slip);
  } else if (record.kind === 'ballot') {
    const receipt = await deliver(record, {
      path,
      keep: (waiting) => safe.keep(person, slip, waiting),
      ask: (body) => session.api.send('POST', `${path}/draw`, body),
    });
    await safe.keep(person, slip, { kind: 'done', receipt } satisfies Record);
  }
}

async function stage(path: string): Promise<'open' | 'over' | 'gone'> {
  try {
    return (await session.api.get<Slip>(path)).stage === 'open' ? 'open' : 'over';
  } catch (thrown) {
    if (Failure.from(thrown).code === 'consultation-unknown') return 'gone';
    throw thrown;
  }
}
