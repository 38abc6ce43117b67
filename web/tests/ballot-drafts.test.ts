/**
 * A ballot that was begun and not sent (V5), and a screen that shows an old vote: nobody's update touches the first, nothing that is sent
 * from the second lands in another vote.
 */
import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Failure } from '$lib/failure.ts';
import { setLanguage, useTexts } from '$lib/i18n/texts.svelte.ts';
import type { Vote } from '$lib/sections.ts';
import Ballots from '../src/console/ballots/Ballots.svelte';
import { loadBallots } from '../src/console/ballots/load.ts';
import Running from '../src/console/live/vote/Running.svelte';
import type { MeetingDesk } from '../src/console/meeting/desk.svelte.ts';
import { session } from '../src/console/session.svelte.ts';
import type { Seat } from '../src/seat/seat.svelte.ts';
import { Casting } from '../src/seat/voting/casting.svelte.ts';
import { vectors } from './files.ts';

const golden = vectors<{ votes: Vote[] }>('ballots').votes[0]!;
const ME = golden.roll.find((one) => one.present)!.person;
/** The vote as it runs, with so many ballots of others in it. */
const running = (cast: number): Vote => ({
  ...golden,
  kind: 'open',
  state: 'open',
  result: null,
  ballots: [],
  receipts: [],
  roll: golden.roll.map((one) => ({ ...one, voted: one.person !== ME && cast > 0 })),
  turnout: { ...golden.turnout, cast },
});

beforeEach(async () => {
  // There is nothing to scroll here.
  Element.prototype.scrollIntoView = () => undefined;
  await useTexts('common', 'voting', 'seat');
  await setLanguage('vi');
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe('V5 at a seat a draft', () => {
  const seat = (): { acts: object[]; seat: Seat } => {
    const acts: object[] = [];
    const act = async (kind: string, data: object): Promise<string> => (acts.push({ kind, ...data }), 'a-1');
    return { acts, seat: { now: { meeting: { id: 'm-1' }, acts: [] }, online: true, act } as unknown as Seat };
  };

  it('stays through everything others do, and is what is sent', async () => {
    const { acts, seat: mine } = seat();
    const casting = new Casting(mine, golden.vote, ME);
    casting.choose('against');
    for (const vote of [running(1), running(2), { ...running(2), state: 'paused' as const }, running(3)]) {
      casting.hear();
      expect(casting.standing(vote)).toBe('choosing');
      expect(casting.chosen).toBe('against');
    }
    await casting.send();
    expect(acts).toMatchObject([{ kind: 'vote_cast', vote: golden.vote, answer: 'against' }]);
    casting.choose('for');
    expect(casting.chosen).toBe('against');
  });

  it('belongs to its own vote: what an old screen sends names the old one', async () => {
    const { acts, seat: mine } = seat();
    const old = new Casting(mine, 'v-old', ME);
    const fresh = new Casting(mine, 'v-new', ME);
    old.choose('for');
    expect(fresh.chosen).toBeNull();
    await old.send();
    expect(acts).toMatchObject([{ vote: 'v-old', answer: 'for' }]);
    expect(fresh.answer).toBeNull();
  });
});

describe('V5 at a console a draft', () => {
  const deskHere = (): MeetingDesk =>
    ({ id: 'm-1', path: '/api/meetings/m-1', act: async () => true, phase: 'open', now: { members: [] }, ballots: new Map() }) as unknown as MeetingDesk;
  const [first, second] = running(0).answers;
  /** The vote as it comes back once a ballot of this person is in the log, whichever way it came. */
  const taken = (commitment: string): Vote => ({
    ...running(0),
    receipts: [{ person: ME, commitment }],
    roll: golden.roll.map((one) => ({ ...one, voted: one.person === ME })),
  });
  const before = 'Máy chủ đã ghi nhận phiếu này.';
  beforeEach(async () => {
    vi.spyOn(session, 'me', 'get').mockReturnValue({ id: ME } as never);
    await loadBallots(); // fetched when somebody has a ballot: on a busy machine that takes its time
  }, 30_000);

  it('stays while others vote, and is what is sent', { timeout: 30_000 }, async () => {
    const sent = vi.spyOn(session.api, 'send').mockResolvedValue({ commitment: '' });
    const desk = deskHere();
    const { rerender } = render(Running, { desk, vote: running(0) });
    await userEvent.click(await screen.findByRole('button', { name: second!.text }, { timeout: 10_000 }));
    for (const cast of [1, 2, 3]) {
      await rerender({ desk, vote: running(cast) });
      expect(screen.getByRole('button', { name: second!.text })).toHaveAttribute('aria-pressed', 'true');
      expect(screen.getByRole('button', { name: first!.text })).toHaveAttribute('aria-pressed', 'false');
    }
    await userEvent.click(screen.getByRole('button', { name: `Gửi: ${second!.text}` }));
    await vi.waitFor(() => expect(sent).toHaveBeenCalledOnce(), { timeout: 10_000 });
    expect(sent.mock.calls[0]!.slice(0, 3)).toMatchObject(['POST', `/api/meetings/m-1/votes/${golden.vote}/ballot`, { answer: second!.answer }]);
    await screen.findByText(`Máy chủ đã ghi nhận: ${second!.text}.`);
  });

  it('is still there after another part of the meeting was shown', async () => {
    const desk = deskHere();
    const { unmount } = render(Ballots, { desk, vote: running(0) });
    await userEvent.click(screen.getByRole('button', { name: second!.text }));
    unmount();
    render(Ballots, { desk, vote: running(1) });
    expect(screen.getByRole('button', { name: second!.text })).toHaveAttribute('aria-pressed', 'true');
    expect(screen.getByRole('button', { name: `Gửi: ${second!.text}` })).toBeVisible();
  });

  it('V4 of which nobody knows whether it came returns as the very same ballot, with the same key', async () => {
    const sent = vi.spyOn(session.api, 'send').mockRejectedValue(new Failure('network'));
    const desk = deskHere();
    const { unmount } = render(Ballots, { desk, vote: running(0) });
    await userEvent.click(screen.getByRole('button', { name: second!.text }));
    await userEvent.click(screen.getByRole('button', { name: `Gửi: ${second!.text}` }));
    await vi.waitFor(() => expect(screen.getByRole('button', { name: first!.text })).toBeDisabled());
    unmount();
    render(Ballots, { desk, vote: running(0) });
    expect(screen.getByRole('button', { name: first!.text })).toBeDisabled();
    await userEvent.click(screen.getByRole('button', { name: `Gửi: ${second!.text}` }));
    await vi.waitFor(() => expect(sent).toHaveBeenCalledTimes(2));
    expect(sent.mock.calls[1]).toEqual(sent.mock.calls[0]);
  });

  it('W67 is not what the server is said to have when the ballot came another way', async () => {
    const desk = deskHere();
    const { rerender } = render(Ballots, { desk, vote: running(0) });
    await userEvent.click(screen.getByRole('button', { name: second!.text }));
    await rerender({ desk, vote: taken('c'.repeat(64)) });
    expect(screen.getByText(before)).toBeVisible();
  });

  it('W67 is not what the server is said to have when it was refused, for there was a ballot before it', async () => {
    vi.spyOn(session.api, 'send').mockRejectedValue(new Failure('already-voted', 409, { vi: 'Đã có phiếu' }));
    const desk = deskHere();
    const { rerender } = render(Ballots, { desk, vote: running(0) });
    await userEvent.click(screen.getByRole('button', { name: second!.text }));
    await userEvent.click(screen.getByRole('button', { name: `Gửi: ${second!.text}` }));
    await screen.findByText(/Đã có phiếu/);
    await rerender({ desk, vote: taken('c'.repeat(64)) });
    expect(screen.getByText(before)).toBeVisible();
  });
});
