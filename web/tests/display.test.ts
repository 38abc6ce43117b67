import { describe, expect, it } from 'vitest';
import { choose, type Listed } from '../src/display/room.svelte.ts';
import { screenOf } from '../src/display/screen.ts';
import type { Display, Meeting, MeetingSections, Phase } from '../src/lib/sections.ts';

const listed = (id: string, phase: Phase, starts_at: string): Listed => ({ id, title: id, phase, starts_at });

function sections(phase: Phase, mode: Display['mode'], presenting = false): Partial<MeetingSections> {
  return {
    meeting: { phase } as Meeting,
    display: { mode, text: '' },
    presenting: presenting ? { paper: 'p', version: 1, page: 1, person: 'u', name: '', call: 0 } : null,
  };
}

describe('the meeting a display shows', () => {
  it('is the live one, else the next approved, else the one just closed', () => {
    const closed = listed('m-closed', 'closed', '2026-11-21T01:00:00.000Z');
    const later = listed('m-later', 'approved', '2026-11-22T01:00:00.000Z');
    const sooner = listed('m-sooner', 'approved', '2026-11-21T08:00:00.000Z');
    const live = listed('m-live', 'recess', '2026-11-23T01:00:00.000Z');
    expect(choose([later, closed, live, sooner])?.id).toBe('m-live');
    expect(choose([later, closed, sooner])?.id).toBe('m-sooner');
    expect(choose([closed])?.id).toBe('m-closed');
  });

  it('is none while meetings are only drafts or cancelled', () => {
    expect(choose([listed('m-a', 'draft', '2026-11-21T01:00:00.000Z'), listed('m-b', 'cancelled', '2026-11-21T01:00:00.000Z')])).toBeUndefined();
  });
});

describe('F2 what the wall shows', () => {
  it('follows the chair while the meeting is open', () => {
    expect(screenOf(sections('open', 'item'))).toBe('item');
    expect(screenOf(sections('open', 'page', true))).toBe('page');
    expect(screenOf(sections('open', 'message'))).toBe('message');
    expect(screenOf(sections('open', 'blank'))).toBe('blank');
  });

  it('shows no page once the meeting pauses or is over', () => {
    expect(screenOf(sections('recess', 'page', true))).toBe('recess');
    expect(screenOf(sections('closed', 'page', true))).toBe('closed');
    expect(screenOf(sections('cancelled', 'page', true))).toBe('idle');
  });

  it('falls back to the item when presenting has ended', () => {
    expect(screenOf(sections('open', 'page', false))).toBe('item');
  });
});
