import { describe, expect, it } from 'vitest';
import { middleOf } from '../src/seat/middle.ts';
import type { SeatSections, SignStep } from '../src/seat/sections.ts';

type Who = NonNullable<SeatSections['person']>;
const chair: Who = { id: 'u-1', name: 'Lan (demo)', position: '', role: 'chair' };
const member: Who = { ...chair, id: 'u-2', role: 'member' };
const plain = { who: member, phase: 'open', leaving: false, leading: false, speaking: false, signing: false, step: undefined, resting: false } as const;

describe('W90 who leaves an item', () => {
  it('sees nothing of it, whatever they had in front', () => {
    for (const front of [{ leading: true }, { speaking: true }, { signing: true }, { resting: true }, {}]) {
      expect(middleOf({ ...plain, ...front, who: chair, leaving: true })).toBe('recused');
    }
  });
  it('may finish a signature that the card is at, and no other', () => {
    const at = (step: SignStep | undefined) => middleOf({ ...plain, leaving: true, signing: true, step });
    expect((['checking', 'asking', 'signing'] as const).map(at)).toEqual(['sign', 'sign', 'sign']);
    expect(([undefined, 'sending', 'done', 'failed'] as const).map(at)).toEqual(Array(4).fill('recused'));
    expect(middleOf({ ...plain, leaving: true, step: 'signing' })).toBe('recused');
  });
});

describe('the middle of the screen', () => {
  it('is for leading while there is a meeting to lead, and for the chair alone', () => {
    const at = (who: Who, phase: 'approved' | 'open' | 'recess' | 'closed' | 'locked') => middleOf({ ...plain, who, phase, leading: true });
    expect((['approved', 'open', 'recess'] as const).map((phase) => at(chair, phase))).toEqual(['lead', 'lead', 'lead']);
    expect([at(chair, 'closed'), at(chair, 'locked'), at(member, 'open')]).toEqual(['papers', 'papers', 'papers']);
  });
  it('is what the person went to, before the recess', () => {
    const recess = { ...plain, phase: 'recess', resting: true } as const;
    expect(middleOf({ ...recess, speaking: true })).toBe('speak');
    expect(middleOf({ ...recess, signing: true })).toBe('sign');
    expect(middleOf(recess)).toBe('recess');
  });
});
