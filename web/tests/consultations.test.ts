/** One's own answers to a slip: a draft that nothing resets, handed in once, two tabs (C4, C5, V5); what a draft of a slip lacks. */
import { beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { Answering } from '../src/console/consultations/answering.svelte.ts';
import { begun, emptyWording, lacking, missing, type Question, ruleName, ruleOf, type Slip, tidy } from '../src/console/consultations/consultations.ts';
import { session } from '../src/console/session.svelte.ts';
import { Failure } from '../src/lib/failure.ts';

const QUESTIONS: Question[] = [
  { question: 'q1', text: 'Một', template: 'approve', answers: [{ answer: 'for', text: 'Tán thành', means: 'for' }, { answer: 'against', text: 'Không tán thành', means: 'against' }], rule: ruleOf('half_all', 'none'), opinion: false },
  { question: 'q2', text: 'Hai', template: 'agree', answers: [{ answer: 'for', text: 'Đồng ý', means: 'for' }, { answer: 'other', text: 'Ý kiến khác', means: 'other' }], rule: ruleOf('half_cast', 'half'), opinion: false },
  { question: 'q3', text: 'Ba', template: 'opinion', answers: [], rule: null, opinion: true },
];
const said = (...answers: [string | null, string][]) => answers.map(([answer, opinion], at) => ({ question: `q${at + 1}`, answer, opinion }));

function slip(mine: Partial<NonNullable<Slip['mine']>> = {}): Slip {
  return { wording: { ...emptyWording(), questions: QUESTIONS }, mine: { draft: null, draft_revision: 0, handed_in: [], ...mine } } as unknown as Slip;
}
const refused = (code: string): Failure => new Failure(code, 409, { vi: code, en: code });

describe('answers', () => {
  let send: MockInstance;
  let get: MockInstance;
  beforeEach(() => {
    send = vi.spyOn(session.api, 'send');
    get = vi.spyOn(session.api, 'get');
  });

  it('begin with the draft, else with what was handed in last', () => {
    const handed = [{ number: 1, at: '', signed: false, answers: said(['for', ''], ['for', ''], [null, 'x']) }];
    expect(begun(slip({ handed_in: handed }))[0]!.answer).toBe('for');
    expect(begun(slip({ handed_in: handed, draft: said(['against', ''], [null, ''], [null, '']) }))[0]!.answer).toBe('against');
  });

  it('C5 name what is missing, and words nobody asked for are not sent', () => {
    const some = said(['for', 'thừa'], ['other', ''], [null, ' ']);
    expect(missing(QUESTIONS, some)).toEqual([2, 3]);
    expect(tidy(QUESTIONS, some)[0]!.opinion).toBe('');
  });

  it('C4 a draft is kept once for each change and says which one it follows', async () => {
    send.mockResolvedValue({ revision: 1 });
    const form = new Answering(slip(), '/s');
    form.choose(0, 'for');
    await Promise.all([form.save(), form.save()]);
    expect(send).toHaveBeenCalledTimes(1);
    expect(send.mock.calls[0]!.slice(0, 2)).toEqual(['PUT', '/s/draft']);
    expect(send.mock.calls[0]![2]).toMatchObject({ revision: 0 });
    expect(form.unsaved).toBe(false);
  });

  it('C4 another tab was faster: both are there, nothing is written, and the person chooses', async () => {
    send.mockRejectedValueOnce(refused('consultation-draft-changed')).mockResolvedValue({ revision: 6 });
    get.mockResolvedValue(slip({ draft: said(['against', ''], [null, ''], [null, '']), draft_revision: 5 }));
    const form = new Answering(slip(), '/s');
    form.choose(0, 'for');
    await form.save();
    expect(form.theirs![0]!.answer).toBe('against');
    expect(form.said[0]!.answer).toBe('for');
    await form.save();
    expect(send).toHaveBeenCalledTimes(1);
    form.settle(true);
    await form.save();
    expect(send.mock.calls[1]![2]).toMatchObject({ revision: 5, answers: [{ answer: 'for' }, {}, {}] });
  });

  it('V4 while nobody knows whether the server has it, the very same is sent again', async () => {
    const form = new Answering(slip(), '/s');
    form.said = said(['for', ''], ['for', ''], [null, 'x']);
    send.mockRejectedValueOnce(new Failure('network'));
    expect(await form.handIn()).toBe(false);
    send.mockResolvedValue({});
    expect(await form.handIn()).toBe(true);
    expect(send.mock.calls[1]).toEqual(send.mock.calls[0]);
    form.said[0]!.answer = 'against';
    await form.handIn();
    expect(send.mock.calls[2]![2]).toMatchObject({ seen: 1 });
    expect(send.mock.calls[2]![3]).not.toBe(send.mock.calls[1]![3]);
  });

  it('C5 nothing is sent while something is missing', async () => {
    const form = new Answering(slip(), '/s');
    expect(await form.handIn()).toBe(false);
    expect(send).not.toHaveBeenCalled();
  });
});

describe('a draft of a slip', () => {
  it('C3 says what it lacks', () => {
    const wording = { ...emptyWording(), subject: 'x', leader: 'u-a', recipients: ['u-b'], deadline: '2026-11-24T10:00:00.000Z' };
    expect(lacking(wording, [])).toEqual(['submission', 'questions']);
    wording.questions[0]!.text = 'Một';
    expect(lacking({ ...wording, submission: 'Kính trình' }, [])).toEqual([]);
  });

  it('a rule is found again by its name', () => {
    for (const name of ['half_all', 'two_thirds_all', 'half_cast', 'half_decided']) expect(ruleName(ruleOf(name, 'half'))).toBe(name);
  });
});
