import { cleanup, render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Failure } from '$lib/failure.ts';
import { useTexts } from '$lib/i18n/texts.svelte.ts';
import Check from '../src/console/check/Check.svelte';
import { age, type CheckedSignature, grouped, plainName, type Report } from '../src/console/check/report.ts';
import { session } from '../src/console/session.svelte.ts';
import { lacks, linesOf, moved, type Plan, paperName, toBody, wordsOf } from '../src/console/signing/plan.ts';
import Certificates from '../src/console/trust/Certificates.svelte';
import type { Certificate } from '../src/console/trust/trust.ts';

vi.mock('../src/lib/live/socket.ts', () => ({
  LiveSocket: class {
    session(): () => void {
      return () => undefined;
    }
    watchLink(): () => void {
      return () => undefined;
    }
  },
}));

const signature = (more: Partial<CheckedSignature> = {}): CheckedSignature => ({
  field: 'S1',
  who: 'Nguyễn Văn An (demo)',
  issuer: 'CN=CA Một\\, Hai,O=Ban,C=VN',
  serial: '100a',
  fingerprint: 'ab'.repeat(32),
  claimed_at: '2026-11-21T02:00:00.000Z',
  stamped_at: null,
  result: 'valid',
  changed: 'no',
  reasons: [],
  revoked_since: null,
  revocation: { kind: 'ocsp', made_at: '2026-11-21T01:00:00.000Z', age_s: 3 * 3600 },
  ...more,
});
const report = (more: Partial<Report> = {}): Report => ({
  file: 'a.pdf',
  size_bytes: 1000,
  sha256: 'cd'.repeat(32),
  worst: 'valid',
  anchors: 1,
  checked_at: '2026-11-21T03:00:00.000Z',
  signatures: [signature()],
  ...more,
});

let answers: (Report | Failure)[];
beforeEach(async () => {
  await useTexts('common', 'console', 'meeting', 'house', 'signing');
  answers = [];
  vi.spyOn(session.api, 'upload').mockImplementation(async () => {
    const next = answers.shift()!;
    if (next instanceof Failure) throw next;
    return next;
  });
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

async function dropped(...given: (Report | Failure)[]): Promise<void> {
  answers = given;
  render(Check, {});
  const files = given.map((_, n) => new File(['x'], `${n}.pdf`, { type: 'application/pdf' }));
  await userEvent.upload(document.querySelector<HTMLInputElement>('input[type=file]')!, files);
}

describe('G28 a dropped file is told in words', () => {
  it('when all is well: who, when, what afterwards, and how old the news are', async () => {
    await dropped(report());
    expect(await screen.findByText(/Tất cả 1.chữ ký đều hợp lệ/)).toBeVisible();
    const card = within(screen.getByRole('article'));
    expect(card.getByRole('heading')).toHaveTextContent('1. Nguyễn Văn An (demo)');
    expect(card.getByText(/theo máy của người ký, không có dấu thời gian/)).toBeVisible();
    expect(card.getByText('Tệp không thay đổi')).toBeVisible();
    expect(card.getByText(/Trả lời OCSP .* cách đây 3.giờ/)).toBeVisible();
    expect(card.getByText('CA Một, Hai')).toBeVisible();
  });
  it('when it is not: each reason, and since when a certificate is revoked', async () => {
    const bad = signature({ result: 'broken', changed: 'changed', reasons: ['bytes-changed', 'certificate-revoked'], revoked_since: '2026-11-01' });
    await dropped(report({ worst: 'broken', signatures: [bad] }));
    expect(await screen.findByText(/Có chữ ký không hợp lệ/)).toBeVisible();
    expect(screen.getByText('nội dung đã ký bị thay đổi')).toBeVisible();
    expect(screen.getByText(/chứng thư số đã bị thu hồi, bị thu hồi từ ngày.01\/11\/2026/)).toBeVisible();
  });
  it('without a signature, and without any authority', async () => {
    await dropped(report({ worst: null, signatures: [] }), report({ worst: 'unsure', anchors: 0 }));
    expect(await screen.findByText(/không có chữ ký số nào/)).toBeVisible();
    expect(await screen.findByText(/chưa tin cậy cơ quan cấp chứng thư số nào/)).toBeVisible();
  });
  it('a refusal stays beside its file and can be tried again; the others go on', async () => {
    const busy = new Failure('check-busy', 429, { vi: 'Máy chủ đang kiểm tra các tệp khác.' });
    await dropped(busy, report());
    expect(await screen.findByText('Máy chủ đang kiểm tra các tệp khác.')).toBeVisible();
    expect(await screen.findByText(/đều hợp lệ/)).toBeVisible();
    answers = [report({ worst: null, signatures: [] })];
    await userEvent.click(screen.getByRole('button', { name: 'Kiểm tra lại' }));
    expect(await screen.findByText(/không có chữ ký số nào/)).toBeVisible();
    await userEvent.click(screen.getAllByRole('button', { name: 'Bỏ kết quả này' })[0]!);
    expect(screen.getAllByRole('region', { name: /\d\.pdf/ })).toHaveLength(1);
  });
});

describe('words of certificates', () => {
  it('an age in its largest unit', () => {
    expect([30, 3000, 5400, 100_000, 400_000].map(age)).toEqual(['1\u00a0phút', '50\u00a0phút', '2\u00a0giờ', '28\u00a0giờ', '5\u00a0ngày']);
  });
  it('a name out of a distinguished one, a fingerprint to read aloud', () => {
    expect(plainName('O=Ban\\, Cơ yếu,C=VN')).toBe('Ban, Cơ yếu');
    expect(plainName('C=VN')).toBe('C=VN');
    expect(grouped('0123456789ab')).toBe('0123 4567 89ab');
  });
});

const certificate = (name: string, more: Partial<Certificate> = {}): Certificate => ({
  fingerprint: name,
  name,
  subject: `CN=${name}`,
  issuer: 'CN=CA',
  serial: '1',
  since: '2026-01-01T00:00:00.000Z',
  until: '2027-01-01T00:00:00.000Z',
  key: 'p256',
  hash: 'sha256',
  is_authority: false,
  is_root: false,
  ends_in: null,
  person: `u-${name}`,
  person_name: name,
  person_post: '',
  enrolled_at: '2026-01-01T00:00:00.000Z',
  state: 'good',
  gone_at: null,
  reason: '',
  revocation: null,
  ...more,
});

describe('G24 certificates', () => {
  const all = [
    certificate('Nguyễn An', { ends_in: 7 }),
    certificate('Lê Đức', { ends_in: 60 }),
    certificate('Trần Cũ', { ends_in: 7, state: 'withdrawn', gone_at: '2026-11-01T00:00:00.000Z', reason: 'mất' }),
  ];
  const names = (): string[] => screen.getAllByRole('row').slice(1).map((row) => within(row).getByRole('rowheader').textContent!.trim());

  it('that end soon are found by 60, 30 and 7 days, and those that are gone are not among them', async () => {
    render(Certificates, { certificates: all, may: true, onchange: () => undefined });
    expect(names()).toEqual(['Nguyễn An', 'Lê Đức', 'Trần Cũ']);
    await userEvent.click(screen.getByRole('radio', { name: /Trong 60.ngày \(2\)/ }));
    expect(names()).toEqual(['Nguyễn An', 'Lê Đức']);
    await userEvent.click(screen.getByRole('radio', { name: /Trong 7.ngày \(1\)/ }));
    expect(names()).toEqual(['Nguyễn An']);
  });
  it('are withdrawn with a reason, and an auditor is offered nothing', async () => {
    const sent = vi.spyOn(session.api, 'send').mockResolvedValue(null);
    const { unmount } = render(Certificates, { certificates: all, may: true, onchange: () => undefined });
    await userEvent.click(screen.getByRole('button', { name: 'Ngừng chấp nhận chứng thư số của Nguyễn An' }));
    const question = within(screen.getByRole('dialog'));
    await userEvent.click(question.getByRole('button', { name: 'Ngừng chấp nhận' }));
    expect(sent).not.toHaveBeenCalled();
    await userEvent.type(question.getByLabelText('Lý do'), 'mất token');
    await userEvent.click(question.getByRole('button', { name: 'Ngừng chấp nhận' }));
    expect(sent).toHaveBeenCalledWith('POST', '/api/trust/certificates/Nguyễn An/withdraw', { reason: 'mất token' });
    unmount();
    render(Certificates, { certificates: all, may: false, onchange: () => undefined });
    expect(screen.queryByRole('button', { name: /Ngừng chấp nhận/ })).toBeNull();
    expect(screen.getByText(/Lý do: mất/)).toBeVisible();
  });
});

describe('G2 a plan for signing', () => {
  const signer = { person: 'u-a', name: 'Nguyễn Văn An (demo)', mark: 'none' as const, position: '', line: '', number: '', numbered: false, first: '', choice: null };
  const plan: Plan = { file: null, title: ' ', kind: '', order: 'ordered', level: 'b-b', signers: [] };

  it('says what it lacks', () => {
    expect(lacks(plan)).toEqual({ file: true, title: true, kind: true, signers: true });
    const whole = { ...plan, file: new File([], 'a'), title: 'x', kind: 'minutes' as const, signers: [signer] };
    expect(Object.values(lacks(whole))).not.toContain(true);
  });
  it('is another plan after any change; places belong to file and lines alone', () => {
    const file = new File(['x'], 'a.pdf', { lastModified: 1 });
    const one = { ...plan, file, signers: [{ ...signer, mark: 'picture' as const, position: 'CHỦ TRÌ', line: 'An' }] };
    const chosen = { ...one, signers: [{ ...one.signers[0]!, choice: 1 }] };
    const other = { ...one, file: new File(['x'], 'b.pdf', { lastModified: 1 }) };
    const moved = { ...one.signers[0]!, position: 'VỤ TRƯỞNG' };
    expect(wordsOf({ ...one, signers: [...one.signers] })).toBe(wordsOf(one));
    expect(new Set([one, chosen, other].map(wordsOf)).size).toBe(3);
    expect(linesOf(chosen, chosen.signers[0]!)).toBe(linesOf(one, one.signers[0]!));
    expect(new Set([linesOf(one, one.signers[0]!), linesOf(other, one.signers[0]!), linesOf(one, moved)]).size).toBe(3);
  });
  it('goes to the server with no more than each mark needs', () => {
    const clerk = { ...signer, person: 'u-c', mark: 'seal' as const, numbered: true, first: '312' };
    expect(toBody({ ...plan, signers: [clerk] })).toMatchObject({ signers: [{ mark: { kind: 'seal', numbered: true, first: 312 } }] });
    const signers = [signer, { ...signer, person: 'u-b', mark: 'picture' as const, position: ' CHỦ TỌA ', line: 'An', choice: 1 }];
    expect(toBody({ ...plan, kind: 'minutes', title: ' Biên bản ', signers })).toMatchObject({
      title: 'Biên bản',
      signers: [
        { person: 'u-a', mark: { kind: 'none' } },
        { person: 'u-b', mark: { kind: 'picture', position: 'CHỦ TỌA', name: 'An', choice: 1 } },
      ],
    });
  });
  it('keeps its order by two buttons, and names as papers print them', () => {
    expect(moved(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'c', 'b']);
    expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b']);
    expect(paperName('Nguyễn Văn An (demo)')).toBe('Nguyễn Văn An');
  });
});
