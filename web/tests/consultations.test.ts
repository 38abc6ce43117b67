/** One's own answers to a slip: a draft that nothing resets, handed in once, two tabs (C4, C5, V5); what a draft of a slip lacks. */
import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { Answering } from '../src/console/consultations/answering.svelte.ts';
import { begun, emptyWording, lacking, mayApprove, missing, type Question, ruleName, ruleOf, type Slip, tidy } from '../src/console/consultations/consultations.ts';
import Consultation from '../src/console/consultations/Consultation.svelte';
// Fetched before they are waited for.
import '../src/console/consultations/Editor.svelte';
import View from '../src/console/consultations/View.svelte';
import '../src/console/consultations/secret/LeftBallot.svelte';
import '../src/console/consultations/secret/SecretForm.svelte';
import { session } from '../src/console/session.svelte.ts';
import { Failure } from '../src/lib/failure.ts';
import { setLanguage, useTexts } from '../src/lib/i18n/texts.svelte.ts';

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

  it('C10 nobody has to write on a secret slip, where words alone are asked for', () => {
    const only = { ...QUESTIONS[0]!, question: 'q-words', template: 'words', answers: [], opinion: true } as unknown as Question;
    const silent = [{ question: 'q-words', answer: null, opinion: '' }];
    expect([missing([only], silent), missing([only], silent, true)]).toEqual([[1], []]);
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

  it('C4 what is typed while a handing in is on its way is neither handed in nor kept yet', async () => {
    vi.useFakeTimers();
    try {
      const form = new Answering(slip({ draft_revision: 3 }), '/s');
      form.said = said(['for', ''], ['for', ''], [null, 'x']);
      let taken: (value: object) => void = () => {};
      send.mockReturnValueOnce(new Promise((resolve) => (taken = resolve))).mockResolvedValue({ revision: 5 });
      const going = form.handIn();
      await vi.waitFor(() => expect(send).toHaveBeenCalledTimes(1));
      expect(send.mock.calls[0]![2]).toMatchObject({ draft: 3, answers: [{}, {}, { opinion: 'x' }] });
      form.said[2]!.opinion = 'x, thêm';
      await form.save();
      expect(send).toHaveBeenCalledTimes(1);
      taken({});
      expect(await going).toBe(true);
      expect([form.unsaved, form.changed]).toEqual([true, true]);
      await vi.advanceTimersByTimeAsync(1000);
      expect(send.mock.calls[1]!.slice(0, 3)).toMatchObject(['PUT', '/s/draft', { revision: 4, answers: [{}, {}, { opinion: 'x, thêm' }] }]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('C4 a newer draft of another tab is shown before anything is handed in; the same words are no second draft', async () => {
    const form = new Answering(slip(), '/s');
    form.said = said(['for', ''], ['for', ''], [null, 'x']);
    const there = said(['against', ''], ['for', ''], [null, 'x']);
    send.mockRejectedValueOnce(refused('consultation-draft-changed')).mockResolvedValue({ revision: 3 });
    get.mockResolvedValueOnce(slip({ draft: there, draft_revision: 2 }));
    expect(await form.handIn()).toBe(false);
    expect([form.theirs![0]!.answer, form.said[0]!.answer]).toEqual(['against', 'for']);
    form.settle(true);
    await form.save();
    send.mockRejectedValueOnce(refused('consultation-draft-changed')).mockResolvedValue({});
    get.mockResolvedValueOnce(slip({ draft: said(['for', ''], ['for', ''], [null, 'x']), draft_revision: 4 }));
    expect(await form.handIn()).toBe(true);
    expect(send.mock.calls.at(-1)![2]).toMatchObject({ draft: 4 });
  });

  it('C5 what was signed is what was handed in, and not what the form says by then', () => {
    const form = new Answering(slip(), '/s');
    form.said = said(['for', ''], ['for', ''], [null, 'x']);
    const { sent } = form;
    form.said[0]!.answer = 'against';
    form.took(sent);
    expect([form.changed, form.unsaved, form.sent.body.seen, form.sent.body.draft]).toEqual([true, true, 1, 1]);
  });

  it('C5 nothing is sent while something is missing', async () => {
    const form = new Answering(slip(), '/s');
    expect(await form.handIn()).toBe(false);
    expect(send).not.toHaveBeenCalled();
  });
});

vi.mock('../src/console/ui/Bar.svelte', () => ({ default: () => undefined }));
vi.mock('../src/console/consultations/SlipPaperView.svelte', () => ({ default: () => undefined }));

/* What the browser keeps, in memory: jsdom has neither locks nor a store. */
const kept = vi.hoisted(() => new Map<string, unknown>());
vi.mock('../src/console/consultations/secret/safe.ts', () => ({
  keepForLong: () => undefined,
  safe: {
    alone: (_slip: string, work: () => Promise<unknown>) => work(),
    read: async (_person: string, one: string) => kept.get(one) ?? null,
    keep: async (_person: string, one: string, value: unknown) => void kept.set(one, value),
    forget: async (_person: string, one: string) => void kept.delete(one),
  },
}));

describe('a secret slip that is closed', () => {
  const RECEIPT = 'ABCD EFGH IJKL MNOP';
  const shown = (stage: string): Slip =>
    ({ ...slip({ answered: 1 }), consultation: 'f-1', subject: 'x', secret: true, stage, papers: [], extensions: [], moves: [], names: {}, deadline: null }) as unknown as Slip;
  const page = (stage: string): ReturnType<typeof render<typeof View>> => render(View, { slip: shown(stage), path: '/s', reload: async () => undefined });
  beforeEach(async () => {
    await useTexts('common', 'consultation', 'slipsecret', 'voting', 'meeting', 'acts', 'console');
    vi.spyOn(session, 'me', 'get').mockReturnValue({ id: 'u-a' } as typeof session.me);
    kept.set('f-1', { kind: 'done', receipt: RECEIPT });
  });
  afterEach(() => {
    cleanup();
    vi.restoreAllMocks();
  });

  it('C10 does not take the receipt from under the eyes of who is reading it', async () => {
    const open = page('open');
    await screen.findByText(RECEIPT);
    await vi.waitFor(() => expect(kept.get('f-1')).toEqual({ kind: 'done' }));
    await open.rerender({ slip: shown('closed') });
    expect(screen.getByText(RECEIPT)).toBeVisible();
  });

  it('C10 shows once what nobody has seen', async () => {
    page('closed');
    await screen.findByText(RECEIPT);
    await vi.waitFor(() => expect(kept.size).toBe(0));
  });
});

describe('ending a secret slip early', () => {
  const led = (answered: number): Slip =>
    ({
      ...slip(),
      consultation: 'f-1',
      subject: 'x',
      secret: true,
      stage: 'open',
      papers: [],
      extensions: [],
      moves: ['close', 'extend'],
      names: {},
      deadline: null,
      mine: null,
      progress: { asked: 5, opened: 4, answered, waiting: 5 - answered, removed: 0 },
      people: [],
    }) as unknown as Slip;
  beforeEach(() => useTexts('common', 'consultation', 'slipsecret', 'voting', 'meeting', 'acts', 'console'));
  afterEach(cleanup);

  it.each([
    [2, /Mới 2 người lấy phiếu. Đóng bây giờ thì không mở phiếu và không có kết quả/],
    [3, /Nếu thu về ít hơn 3 phiếu thì không mở phiếu và không có kết quả/],
  ])('C10 says with %i ballots given what becomes of them', async (answered, words) => {
    render(View, { slip: led(answered), path: '/s', reload: async () => undefined });
    await userEvent.click(screen.getByRole('button', { name: 'Đóng trước thời hạn' }));
    expect(screen.getByRole('dialog')).toHaveTextContent(words);
  });
});

describe('a paper of a slip', () => {
  const PAPER = { paper: 'p-1', version: 1, kind: 'paper', title: 'Dự thảo (demo)', secrecy: 'normal', pages: 1, size_bytes: 9 };
  const shown = (more: object): Slip =>
    ({ ...slip(), consultation: 'f-1', subject: 'x', papers: [PAPER], extensions: [], moves: [], names: {}, deadline: null, ...more }) as unknown as Slip;
  beforeEach(async () => {
    Element.prototype.scrollIntoView = () => undefined;
    await useTexts('common', 'consultation', 'voting', 'meeting', 'acts', 'console');
    await setLanguage('vi');
    vi.spyOn(session.api, 'send').mockResolvedValue({ revision: 1 });
  });
  afterEach(() => {
    cleanup();
    vi.restoreAllMocks();
  });
  const there = { consultation: 'f-1' };

  it('V5 is read, and the answers that were begun are as they were left', async () => {
    vi.spyOn(session.api, 'get').mockResolvedValue(shown({ stage: 'open' }));
    const page = render(Consultation, { params: there });
    await userEvent.click(await screen.findByRole('button', { name: 'Không tán thành' }));
    await page.rerender({ params: { ...there, paper: 'p-1' } });
    expect(screen.queryByRole('button', { name: 'Không tán thành' })).toBeNull();
    await page.rerender({ params: there });
    expect(await screen.findByRole('button', { name: 'Không tán thành', pressed: true })).toBeVisible();
  });

  it('C3 is read, and a wording that nobody saved is as it was left', async () => {
    const draft = shown({ stage: 'draft', moves: ['edit', 'drop', 'submit'] });
    vi.spyOn(session.api, 'get').mockImplementation(async (path: string) => (path.includes('consultations') ? draft : { people: [], units: [] }));
    const page = render(Consultation, { params: there });
    await userEvent.type(await screen.findByLabelText('Lấy ý kiến về việc'), 'Quy chế');
    await page.rerender({ params: { ...there, paper: 'p-1' } });
    await page.rerender({ params: there });
    expect(await screen.findByLabelText('Lấy ý kiến về việc')).toHaveValue('Quy chế');
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

describe('who may be asked to approve', () => {
  it('offers nobody who is disabled, and none of the three administrators', () => {
    const roles = [[], ['secretary'], ['it'], ['system_admin'], ['security_admin', 'it'], ['auditor']] as const;
    expect(roles.map((one) => mayApprove({ disabled: false, roles: [...one] }))).toEqual([true, true, true, false, false, false]);
    expect(mayApprove({ disabled: true, roles: [] })).toBe(false);
  });
});
