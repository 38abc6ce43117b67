/**
 * The server's clock, ticking on this screen.
 *
 * Rules: every timer and clock a person sees runs on the server's time; a screen's own clock may be hours wrong. A `Date` header has
 * whole seconds, so half a second is added; an exact moment (`now` in a snapshot) wins over it.
 */
class ServerClock {
  #offsetMs = 0;
  #exact = false;
  #now = $state(Date.now());
  #watchers = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Milliseconds since 1970 on the server's clock; reactive, once a second, while somebody {@link run}s it. */
  get now(): number {
    return this.#now;
  }

  /** A `Date` header, or an exact RFC 3339 moment. */
  hear(moment: string | null | undefined, exact = false): void {
    const there = Date.parse(moment ?? '');
    if (Number.isNaN(there) || (this.#exact && !exact)) return;
    this.#exact = exact;
    this.#offsetMs = there + (exact ? 0 : 500) - Date.now();
    this.#tick();
  }

  /** Tick until the returned function is called: for an `$effect`. */
  run(): () => void {
    if (this.#watchers++ === 0) {
      this.#tick();
      this.#timer = setInterval(() => this.#tick(), 1000);
    }
    return () => {
      if (--this.#watchers === 0) clearInterval(this.#timer);
    };
  }

  #tick(): void {
    this.#now = Date.now() + this.#offsetMs;
  }
}

export const serverClock = new ServerClock();
