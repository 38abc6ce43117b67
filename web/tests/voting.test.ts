import { beforeEach, describe, expect, it } from 'vitest';
import { setLanguage, useTexts } from '$lib/i18n/texts.svelte.ts';
import { type AgendaItem, currentVote, isRunning, type Vote } from '$lib/sections.ts';
import { byAnswer, closeLines, percentage, resultLines, secondsLeft, shareWords, turnoutLine } from '$lib/voting/words.ts';
import { begun, body, from, fresh } from '../src/lib/voting/draft.ts';
import { vectors } from './files.ts';

const golden = vectors<{ votes: Vote[] }>('ballots').votes[0]!;
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('V6 a result in words', () => {
  beforeEach(async () => {
    localStorage.clear();
    await useTexts('common', 'voting');
    await setLanguage('vi');
  });

  it('says who of whom, and what was needed', () => {
    const result = {
      ...golden.result!,
      favour: 20,
      of: 30,
      need: 16,
      hundredths: 6666,
      outcome: 'passed' as const,
      quorum: { present: 25, of: 30, need: 20, met: true },
    };
    const vote: Vote = { ...golden, weights: [], rule: { ...golden.rule, quorum: { num: 2, den: 3, more: false } } };
    expect(resultLines(vote, result).map(plain)).toEqual([
      'Có mặt 25/30; cần ít nhất hai phần ba, tức là từ 20: đủ điều kiện.',
      '20/30 tán thành = 66,66%, tính trên tổng số đại biểu có quyền biểu quyết; cần quá nửa, tức là từ 16.',
    ]);
  });
  it('B25 names the represented in the base and the turnout, where there are any', () => {
    const rule = { ...golden.rule, base: 'present' as const };
    const turnout = { entitled: 5, present: 3, cast: 4, voting: 4 };
    const said = (vote: Vote): string => plain([...resultLines(vote, golden.result!), turnoutLine(vote)].join(' '));
    expect(said({ ...golden, rule, turnout })).toContain('số đại biểu có mặt và vắng mặt có ủy quyền;');
    expect(said({ ...golden, rule, turnout })).toContain('có mặt 3, vắng mặt có ủy quyền 1, tổng số 5');
    expect(said({ ...golden, rule, turnout: { ...turnout, voting: 3 } })).not.toContain('ủy quyền');
  });
  it('names a tie and whom it followed', () => {
    const tied = { ...golden.result!, tie: true, chair: 'for' as const };
    expect(resultLines({ ...golden, rule: { ...golden.rule, tie: 'chair' } }, tied).at(-1)).toContain('theo phía có ý kiến của chủ trì: tán thành');
    expect(resultLines(golden, tied).at(-1)).toBe('Hai bên ngang nhau.');
  });
  it.each([
    [{ num: 1, den: 2, more: true }, 'quá nửa'],
    [{ num: 2, den: 4, more: true }, 'quá nửa'],
    [{ num: 1, den: 2, more: false }, 'ít nhất một nửa'],
    [{ num: 2, den: 3, more: false }, 'ít nhất hai phần ba'],
    [{ num: 2, den: 3, more: true }, 'quá 2/3'],
    [{ num: 1, den: 1, more: false }, 'tất cả'],
  ])('says %o as “%s”', (share, words) => {
    expect(plain(shareWords(share))).toBe(words);
  });
  it('shows percentages as they were cut off', () => {
    expect([0, 5000, 6666, 10_000].map(percentage)).toEqual(['0%', '50%', '66,66%', '100%']);
  });
});

describe('V3 before a vote is closed', () => {
  const one = (person: string, more: Partial<Vote['roll'][number]> = {}) => ({ person, name: `Người ${person}`, weight: 1, present: true, voted: false, ...more });
  const open = (roll: Vote['roll']): Vote => {
    const present = roll.filter((each) => each.present);
    return { ...golden, roll, state: 'open', turnout: { entitled: roll.length, present: present.length, cast: present.filter((each) => each.voted).length } };
  };
  beforeEach(() => void setLanguage('vi'));

  it('names who has not voted, and says when it is oneself', () => {
    const vote = open([one('1', { voted: true }), one('2'), one('3'), one('4', { present: false })]);
    expect(closeLines(vote, '2').map(plain).slice(1)).toEqual(['Chưa biểu quyết: Người 2, Người 3.', 'Đồng chí cũng chưa biểu quyết.']);
    expect(closeLines(vote, '1').join()).not.toContain('Đồng chí cũng');
  });
  it('counts the rest of many, and says when nobody is left', () => {
    const many = open(Array.from({ length: 10 }, (_, n) => one(`${n}`)));
    expect(plain(closeLines(many, undefined)[1]!)).toContain('Người 7 và 2 người khác');
    expect(closeLines(open([one('1', { voted: true })]), '1')).toEqual(['Tất cả đại biểu có mặt đã biểu quyết.']);
  });
  it('is asked in the words of an item that says itself what is adopted', () => {
    const asked = (title: string): string => fresh({ item: golden.item, title } as AgendaItem).question;
    expect(plain(asked('Thông qua Quy chế'))).toBe('Thông qua Quy chế');
    expect(plain(asked('Báo cáo quý III'))).toBe('Thông qua: Báo cáo quý III');
  });
});

describe('W67 the names of an announced vote', () => {
  it('stand with their answers, and last who was there and sent none', async () => {
    await setLanguage('vi');
    const line = (person: string, present = true) => ({ person, name: person, weight: 1, present, voted: false });
    const [first, second] = golden.answers;
    const ballots = [
      { person: 'b', answer: first!.answer, statement: '' },
      { person: 'a', answer: second!.answer, statement: '' },
      { person: 'd', answer: first!.answer, statement: '' },
    ];
    const vote: Vote = { ...golden, roll: ['a', 'b', 'c', 'd'].map((each) => line(each)).concat(line('e', false)), ballots };
    expect(byAnswer(vote).map(({ text, names }) => [text, names])).toEqual([
      [first!.text, ['b', 'd']],
      [second!.text, ['a']],
      ['không gửi ý kiến', ['c']],
    ]);
  });
});

describe('a vote’s clock', () => {
  it('counts down by the server, and stands still without a duration', () => {
    const open = { ...golden, seconds: 60, ends_at: '2026-11-22T01:01:00.000Z' };
    expect(secondsLeft(open, Date.parse('2026-11-22T01:00:45.000Z'))).toBe(15);
    expect(secondsLeft(open, Date.parse('2026-11-22T01:02:00.000Z'))).toBeLessThan(0);
    expect(secondsLeft({ ...open, ends_at: null }, Date.now())).toBeNull();
  });
});

describe('the vote everybody looks at', () => {
  it('is the one opened last, and none that was withdrawn or only prepared', () => {
    const at = (vote: string, opened_at: string | null, state: Vote['state']): Vote => ({ ...golden, vote, opened_at, state });
    const votes = [
      at('v-1', '2026-11-22T01:00:00.000Z', 'announced'),
      at('v-2', '2026-11-22T02:00:00.000Z', 'open'),
      at('v-3', '2026-11-22T03:00:00.000Z', 'withdrawn'),
      at('v-4', null, 'created'),
    ];
    expect(currentVote(votes)?.vote).toBe('v-2');
    expect(currentVote(null)).toBeUndefined();
  });
});

describe('V2 a vote that is being prepared', () => {
  it('has defaults that can be sent as they are', () => {
    const item = { item: 'i-aaaaaaaaaaaaaaaa', title: 'Báo cáo quý III' } as AgendaItem;
    expect(body(fresh(item))).toMatchObject({
      item: item.item,
      kind: 'open',
      template: 'approve',
      seconds: 0,
      weights: [],
      rule: { base: 'all', majority: { num: 1, den: 2, more: true }, quorum: null, tie: 'fails' },
    });
  });
  it('comes back from a vote as it was sent', () => {
    const sent = body({ ...fresh({ item: golden.item, title: 'x' } as AgendaItem), quorum: 'two_thirds', majority: 'two_thirds_all', tie: 'chair' });
    const { rule } = sent as { rule: Vote['rule'] };
    const weights = [{ person: 'u-1', weight: 3 }];
    expect(body(from({ ...golden, rule, template: 'approve', seconds: 60, weights }))).toMatchObject({ rule, weights, seconds: 60 });
  });
  it('gives nobody a weight and has no clock when hands are counted', () => {
    const hands = { ...fresh({ item: golden.item, title: 'x' } as AgendaItem), kind: 'hands', seconds: 's60', weights: { 'u-1': 3 } } as const;
    expect(body(hands)).toMatchObject({ seconds: 0, weights: [] });
  });
});

describe('W121 a vote that is begun at a seat', () => {
  it('says what a seat may say, and nothing else', () => {
    const item = { item: 'i-aaaaaaaaaaaaaaaa', title: 'Báo cáo quý III' } as AgendaItem;
    expect(begun({ ...fresh(item), weights: { 'u-aaaaaaaaaaaaaaaa': 2 }, proxies: [{ person: 'u-1', holder: 'u-2' }] }, 3)).toEqual({
      seen: 3,
      item: item.item,
      kind: 'open',
      question: expect.stringMatching(/^Thông qua: Báo cáo quý\sIII$/) as string,
      template: 'approve',
      rule: { base: 'all', majority: { num: 1, den: 2, more: true }, quorum: null, tie: 'fails' },
      seconds: 0,
    });
  });
});

describe('V8 a secret vote', () => {
  it('is prepared without weights, casting vote or clock, whatever was chosen before', () => {
    const draft = { ...from(golden), kind: 'secret' as const, tie: 'chair' as const, seconds: 's60', weights: { 'u-aaaaaaaaaaaaaaaa': 2 } };
    expect(body(draft)).toMatchObject({ kind: 'secret', rule: { tie: 'fails' }, seconds: 0, weights: [] });
  });
  it('runs while its ballots are collected', () => {
    expect(isRunning({ ...golden, kind: 'secret', state: 'collecting' })).toBe(true);
  });
});
