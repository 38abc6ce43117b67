/**
 * The signed acts of a meeting, for whoever may read them: who signed an approval or the closing, and when; what the house demands.
 *
 *     const acts = new SignedActs(desk.path);
 *     void acts.load();
 *     acts.closing, acts.approvalOf(paper), acts.demands('close')
 */
import type { Paper } from '$lib/sections.ts';
import { Fetched } from '../fetched.svelte.ts';
import { session } from '../session.svelte.ts';

export interface SignedAct {
  sha256: string;
  kind: string;
  name: string;
  made_at: string;
  statement: { body: { papers?: { paper: string; version: number }[] } };
}

export class SignedActs {
  readonly #found: Fetched<{ statements: SignedAct[]; demanded: string[] }>;

  constructor(path: string) {
    this.#found = new Fetched(() => session.api.get(`${path}/statements`));
  }

  load(): Promise<void> {
    return this.#found.load();
  }
  /** Whether the house wants this kind signed; false while nobody knows: the server refuses what it does not take. */
  demands(kind: string): boolean {
    return this.#found.value?.demanded.includes(kind) ?? false;
  }
  get closing(): SignedAct | null {
    return this.#all.find((one) => one.kind === 'close') ?? null;
  }
  /** Of the version that is the newest now. */
  approvalOf({ paper, version }: Paper): SignedAct | null {
    return this.#all.findLast((one) => one.statement.body.papers?.some((each) => each.paper === paper && each.version === version)) ?? null;
  }
  get #all(): SignedAct[] {
    return this.#found.value?.statements ?? [];
  }
}
