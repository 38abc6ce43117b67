/**
 * What the room display knows: which room it stands in, which meeting it shows, and that meeting's sections.
 *
 * Rules: the token of the link is used once and leaves the address bar at once, so it is in no history; afterwards the display's
 * cookie signs it in. Of the room's meetings it shows the one that is live, else the next one that is approved; it looks again
 * every ten seconds, so nobody has to touch the display between two meetings.
 */
import { Api } from '$lib/api.ts';
import { Failure } from '$lib/failure.ts';
import { Live } from '$lib/live/live.svelte.ts';
import { LiveSocket } from '$lib/live/socket.ts';
import { HttpPages } from '$lib/reader/source.ts';
import type { MeetingSections, Phase } from '$lib/sections.ts';
import type { PlanSeat } from '$lib/voting/hall.ts';

/** In this browser somebody may have signed in: what the display asks for, it asks for as the display (docs/API.md). */
const AS_DISPLAY = { as: 'display' };
const LOOK_AGAIN_MS = 10_000;
const RANK: Partial<Record<Phase, number>> = { open: 0, recess: 0, approved: 1, closed: 2 };

export interface Listed {
  id: string;
  title: string;
  starts_at: string;
  phase: Phase;
  rehearsal_of?: string | null;
}

/**
 * The meeting to show: live before rehearsed before approved before just closed; of the same kind the earliest (of closed ones the
 * latest). A meeting that goes on is never hidden by a rehearsal (M5).
 */
export function choose(meetings: readonly Listed[]): Listed | undefined {
  const rank = (meeting: Listed): number => (meeting.rehearsal_of ? 0.5 : (RANK[meeting.phase] ?? 9));
  const order = (meeting: Listed): number => Date.parse(meeting.starts_at) * (meeting.phase === 'closed' ? -1 : 1);
  return meetings
    .filter((meeting) => rank(meeting) < 9)
    .toSorted((a, b) => rank(a) - rank(b) || order(a) - order(b))[0];
}

export class Room {
  readonly api = new Api({ tokenHeader: 'X-CSRF-Token' });
  readonly #socket = new LiveSocket(AS_DISPLAY);
  #name = $state('');
  #failure = $state.raw<Failure | null>(null);
  #signedIn = $state(false);
  #meeting = $state<string | null>(null);
  #live = $state.raw<Live<MeetingSections> | null>(null);
  #stop: (() => void) | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  get name(): string {
    return this.#name;
  }
  get failure(): Failure | null {
    return this.#failure;
  }
  get signedIn(): boolean {
    return this.#signedIn;
  }
  get live(): Live<MeetingSections> | null {
    return this.#live;
  }

  /** Pages of the meeting on show. */
  get pages(): HttpPages | null {
    return this.#meeting === null ? null : new HttpPages(`/api/meetings/${this.#meeting}/papers`, this.api, AS_DISPLAY);
  }

  /** The seats of the room. */
  async plan(): Promise<readonly PlanSeat[]> {
    return (await this.api.get<{ seats: PlanSeat[] }>('/api/display/plan')).seats;
  }

  /** Begin; the returned function ends it. */
  start(): () => void {
    void this.#signIn();
    this.#timer = setInterval(() => void this.#look(), LOOK_AGAIN_MS);
    return () => {
      clearInterval(this.#timer);
      this.#stop?.();
      this.#socket.close();
    };
  }

  async #signIn(): Promise<void> {
    const token = location.hash.slice(1);
    history.replaceState(null, '', location.pathname);
    try {
      if (token !== '') {
        await this.api.send('POST', '/api/display/sign-in', { token });
      }
      this.#name = (await this.api.get<{ room_name: string }>('/api/display')).room_name;
      await this.#list();
    } catch (thrown) {
      this.#failure = Failure.from(thrown);
    }
  }

  async #look(): Promise<void> {
    try {
      await this.#list();
    } catch (thrown) {
      // While the connection is down the last picture stays; its age is told by the link sign.
      const failure = Failure.from(thrown);
      if (!failure.undelivered || !this.#signedIn) this.#failure = failure;
    }
  }

  async #list(): Promise<void> {
    const { meetings } = await this.api.get<{ meetings: Listed[] }>('/api/meetings?as=display');
    this.#signedIn = true;
    this.#failure = null;
    const wanted = choose(meetings)?.id ?? null;
    if (wanted === this.#meeting) return;
    this.#stop?.();
    this.#meeting = wanted;
    this.#live = wanted === null ? null : new Live<MeetingSections>(this.#socket.meeting(wanted), () => void this.#look());
    this.#stop = this.#live?.start() ?? null;
  }
}
