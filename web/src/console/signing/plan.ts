/** What the secretary plans for a paper that is to be signed, before it is sent. */
import type { Level, MarkKind, Order, PaperKind } from './rounds.svelte.ts';

export interface PlannedSigner {
  person: string;
  name: string;
  mark: MarkKind;
  position: string;
  line: string;
  number: string;
  /** Of a seal: number and date are given with it; `first`: with which number the year goes on, empty for the next. */
  numbered: boolean;
  first: string;
  /** Which of several places; null until somebody has to choose. */
  choice: number | null;
}

export interface Plan {
  file: File | null;
  title: string;
  kind: PaperKind | '';
  order: Order;
  level: Level;
  signers: PlannedSigner[];
}

/** A person's name as it stands in papers: without the mark of demo data. */
export function paperName(name: string): string {
  return name.replace(/\s*\([^)]*\)\s*$/, '');
}

/** What stands in the way, as keys of texts. */
export function lacks(plan: Plan): { file: boolean; title: boolean; kind: boolean; signers: boolean } {
  return { file: plan.file === null, title: plan.title.trim() === '', kind: plan.kind === '', signers: plan.signers.length === 0 };
}

/** One place up or down; the list itself when it is at its end. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const found = [...list];
  if (to < 0 || to >= list.length) return found;
  found.splice(to, 0, ...found.splice(from, 1));
  return found;
}

const fileOf = ({ file }: Plan): unknown => (file ? [file.name, file.size, file.lastModified] : null);

/** All of a plan in one text: another one when anything was changed. */
export function wordsOf(plan: Plan): string {
  return JSON.stringify([fileOf(plan), toBody(plan)]);
}

/** What a signer's place is looked for with: places that were found belong to it. */
export function linesOf(plan: Plan, { mark, position, line }: PlannedSigner): string {
  return JSON.stringify([fileOf(plan), mark, position.trim(), line.trim()]);
}

/** As the server takes it. */
export function toBody(plan: Plan): unknown {
  return {
    kind: plan.kind,
    title: plan.title.trim(),
    order: plan.order,
    level: plan.level,
    signers: plan.signers.map(({ person, mark, position, line, number, numbered, first, choice }) => ({
      person,
      mark: {
        kind: mark,
        ...(mark === 'picture' && { position: position.trim(), name: line.trim(), ...(choice !== null && { choice }) }),
        ...(mark === 'line' && { number: number.trim() }),
        ...(mark === 'seal' && numbered && { numbered, first: Math.max(0, Math.trunc(Number(first)) || 0) }),
      },
    })),
  };
}
