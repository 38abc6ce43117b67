import { describe, expect, it, vi } from 'vitest';
import { EventsTransport } from '$lib/live/events.ts';
import { Live, type Listener, type Patch, type Transport } from '$lib/live/live.svelte.ts';
import type { MeetingSections } from '$lib/sections.ts';
import { vectors } from './files.ts';

type Sections = Partial<MeetingSections>;

function fake() {
  const asked = { resync: 0 };
  const transport: Transport<MeetingSections> = {
    open: () => undefined,
    resync: () => void (asked.resync += 1),
    close: () => undefined,
  };
  return { live: new Live(transport), asked };
}

describe('M3, W44 a screen holds the true sections or says that it is behind', () => {
  const { start, patches, end } = vectors<{
    start: { seq: number; sections: Sections };
    patches: Patch<MeetingSections>[];
    end: { seq: number; sections: Sections };
  }>('view-patch');

  it('follows every patch from the start to the end', () => {
    const { live, asked } = fake();
    live.snapshot(start.seq, start.sections);
    for (const patch of patches) live.patch(patch);
    expect(live.seq).toBe(end.seq);
    expect(live.sections).toEqual(end.sections);
    expect(asked.resync).toBe(0);
    expect(live.behind).toBe(false);
  });

  it('asks for everything once when a patch is missing, and takes nothing until it comes', () => {
    const { live, asked } = fake();
    live.snapshot(start.seq, start.sections);
    for (const patch of patches.slice(2, 5)) live.patch(patch);
    expect(live.behind).toBe(true);
    expect(asked.resync).toBe(1);
    expect(live.sections).toEqual(start.sections);
    live.snapshot(end.seq, end.sections);
    expect(live.behind).toBe(false);
    expect(live.sections).toEqual(end.sections);
  });

  it('drops what is older than what it shows', () => {
    const { live, asked } = fake();
    live.snapshot(end.seq, end.sections);
    live.patch(patches[0]!);
    expect(live.sections).toEqual(end.sections);
    expect(asked.resync).toBe(0);
  });

  it('takes a patch of the same number: things of the seat that are no events', () => {
    const { live } = fake();
    live.snapshot(3, start.sections);
    live.patch({ base: 3, seq: 3, sections: { presenting: null } });
    expect(live.sections.presenting).toBeNull();
  });

  it('shows nothing and takes nothing before the first snapshot', () => {
    const { live, asked } = fake();
    live.patch(patches[0]!);
    expect(live.loaded).toBe(false);
    expect(asked.resync).toBe(0);
  });
});

class FakeSource extends EventTarget {
  static readonly CLOSED = 2;
  static all: FakeSource[] = [];
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  constructor(readonly address: string) {
    super();
    FakeSource.all.push(this);
  }
  close(): void {
    this.readyState = FakeSource.CLOSED;
  }
  tell(patch: object): void {
    this.dispatchEvent(new MessageEvent('patch', { data: JSON.stringify(patch) }));
  }
}

function listener() {
  const heard: unknown[] = [];
  const ears: Listener<{ a: number }> = {
    snapshot: (seq, sections) => void heard.push(['snapshot', seq, sections]),
    patch: (patch) => void heard.push(['patch', patch.base]),
    linked: (state) => void heard.push(state),
  };
  return { heard, ears };
}

describe('the seat’s stream', () => {
  it('reads a snapshot after opening, and once more when patches came meanwhile', async () => {
    vi.useFakeTimers();
    FakeSource.all = [];
    vi.stubGlobal('EventSource', FakeSource);
    const answers: ((value: { seq: number; sections: { a: number } }) => void)[] = [];
    const transport = new EventsTransport<{ a: number }>('/api/live', () => new Promise((done) => answers.push(done)));
    const { heard, ears } = listener();
    transport.open(ears);
    const source = FakeSource.all[0]!;
    source.onopen!();
    source.tell({ base: 1, seq: 2, sections: {} });
    expect(heard).toEqual(['connecting', 'online']);
    answers[0]!({ seq: 2, sections: { a: 1 } });
    await vi.advanceTimersByTimeAsync(1);
    expect(answers).toHaveLength(2);
    answers[1]!({ seq: 2, sections: { a: 2 } });
    await vi.advanceTimersByTimeAsync(1);
    source.tell({ base: 2, seq: 3, sections: {} });
    expect(heard.slice(2)).toEqual([
      ['snapshot', 2, { a: 1 }],
      ['snapshot', 2, { a: 2 }],
      ['patch', 2],
    ]);
    transport.close();
  });

  it('says that it is offline only after a while, and reads anew when it is back', async () => {
    vi.useFakeTimers();
    FakeSource.all = [];
    vi.stubGlobal('EventSource', FakeSource);
    let reads = 0;
    const transport = new EventsTransport<{ a: number }>('/api/live', async () => {
      reads += 1;
      if (reads === 2) throw new TypeError('gone');
      return { seq: reads, sections: {} };
    });
    const { heard, ears } = listener();
    transport.open(ears);
    const source = FakeSource.all[0]!;
    source.onopen!();
    await vi.advanceTimersByTimeAsync(1);
    source.readyState = FakeSource.CLOSED;
    source.onerror!();
    expect(heard).not.toContain('offline');
    await vi.advanceTimersByTimeAsync(2500);
    expect(heard).toContain('offline');
    const second = FakeSource.all[1]!;
    second.onopen!();
    await vi.advanceTimersByTimeAsync(1500);
    expect(reads).toBe(3);
    expect(heard.at(-1)).toEqual(['snapshot', 3, {}]);
    transport.close();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(FakeSource.all).toHaveLength(2);
  });
});
