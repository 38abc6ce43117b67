/**
 * Following the presenter, leaving, and returning (F1).
 *
 * Rules: everybody follows until they turn a page themselves; leaving lasts until they return, until the chair calls everyone back
 * (`call` grows), or until this presentation ends. Who presents follows nobody: their own turning of pages is what others follow.
 *
 *     const following = new Following();
 *     const place = following.hear(presenting);   // where to go, or null to stay
 */
import type { Presenting } from '../sections.ts';

export class Following {
  #on = $state(true);
  #call = 0;

  /** Whether this screen goes where the presenter goes. Reactive. */
  get on(): boolean {
    return this.#on;
  }

  /** The newest call to everybody that was heard; with `on` all there is to know of this screen. */
  get call(): number {
    return this.#call;
  }

  /** Go on as another screen of the same person did. */
  resume(on: boolean, call: number): void {
    this.#on = on;
    this.#call = call;
  }

  /** Told at every change of what is presented; gives the place to go to, null to stay. */
  hear(presenting: Presenting | null): Presenting | null {
    if (presenting === null) {
      this.#on = true;
      this.#call = 0;
      return null;
    }
    if (presenting.call > this.#call) this.#on = true;
    this.#call = presenting.call;
    return this.#on ? presenting : null;
  }

  /** Look at something of one's own. */
  leave(): void {
    this.#on = false;
  }

  /** Go back to the others. */
  rejoin(): void {
    this.#on = true;
  }
}
