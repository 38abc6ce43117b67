/**
 * Something of the meeting while a person changes it, against what the meeting holds.
 *
 * Rules: while nothing was changed here the draft follows the meeting; once something was, it keeps the person's work and says when
 * somebody else has changed the same meanwhile. Nothing is merged behind anybody's back.
 *
 *     const draft = new Draft(rows, same);
 *     draft.follow(rowsOfTheMeeting, seq);
 *     draft.value = changed;  draft.dirty;  draft.overtaken
 */
export class Draft<T> {
  #value = $state.raw() as T;
  #base = $state.raw() as T;
  #there = $state.raw() as T;
  #seq = $state(0);
  #thereSeq = 0;

  constructor(
    first: T,
    private readonly same: (left: T, right: T) => boolean,
  ) {
    this.#value = this.#base = this.#there = first;
  }

  get value(): T {
    return this.#value;
  }
  set value(changed: T) {
    this.#value = changed;
  }
  /** The meeting's number the draft began at: what to send as `expected_seq`. */
  get seq(): number {
    return this.#seq;
  }
  get dirty(): boolean {
    return !this.same(this.#value, this.#base);
  }
  /** Somebody else has changed it since this draft began. */
  get overtaken(): boolean {
    return this.dirty && !this.same(this.#there, this.#base) && !this.same(this.#there, this.#value);
  }

  /** Told of every state of the meeting. */
  follow(there: T, seq: number): void {
    this.#there = there;
    this.#thereSeq = seq;
    if (!this.dirty || this.same(there, this.#value)) this.takeTheirs();
    else if (this.same(there, this.#base)) this.#seq = seq;
  }

  /** Drop what was changed here. */
  takeTheirs(): void {
    this.#value = this.#base = this.#there;
    this.#seq = this.#thereSeq;
  }

  /** Keep what was changed here, knowing what the other has done. */
  keepMine(): void {
    this.#base = this.#there;
    this.#seq = this.#thereSeq;
  }

  /** `sent` was taken; what was changed while it travelled is still to be saved. */
  saved(sent: T): void {
    this.#base = sent;
  }
}
