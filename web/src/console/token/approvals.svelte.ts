/**
 * Beside papers: who signed their approval. Nothing is fetched before there is an approval that might be signed.
 *
 *     const approvals = new Approvals(desk);
 *     $effect(() => approvals.follow());
 *     approvals.By, approvals.of(paper)
 */
import { untrack } from 'svelte';
import type { Paper } from '$lib/sections.ts';
import type { MeetingDesk } from '../meeting/desk.svelte.ts';
import { loadSignedBy } from './load.ts';
import type { SignedAct, SignedActs } from './signed.svelte.ts';
import type SignedBy from './SignedBy.svelte';

export class Approvals {
  #by = $state.raw<typeof SignedBy | null>(null);
  #acts = $state.raw<SignedActs | null>(null);
  #known = '';

  constructor(private readonly desk: MeetingDesk) {}

  get By(): typeof SignedBy | null {
    return this.#by;
  }
  of(paper: Paper): SignedAct | null {
    return paper.state === 'submitted' || paper.state === 'returned' ? null : (this.#acts?.approvalOf(paper) ?? null);
  }

  /** Look again when papers were approved; call in an effect. */
  follow(): void {
    const { seesLog, now, path } = this.desk;
    const approved = now.papers.filter(({ state }) => state === 'approved' || state === 'published').map(({ paper, version }) => `${paper}.${version}`);
    const known = approved.join(' ');
    if (!seesLog || known === '' || known === this.#known) return;
    this.#known = known;
    void untrack(() => this.#load(path)).catch(() => undefined);
  }

  async #load(path: string): Promise<void> {
    const [By, { SignedActs }] = await Promise.all([loadSignedBy(), import('./signed.svelte.ts')]);
    this.#acts ??= new SignedActs(path);
    await this.#acts.load();
    this.#by = By;
  }
}
