/**
 * What a browser keeps of a secret slip until it is acknowledged: the answers that are being written, then the ballot that is on its way.
 *
 * Rules: each record is sealed under a key of its own that no script can take out of the browser (WebCrypto, not extractable); with the record
 * the key goes. One record a person and slip: who else signs in here finds nothing. What is read and then written is done `alone`, whatever
 * other windows of this browser do; an `alone` within an `alone` of the same slip would wait for itself.
 *
 *     await safe.keep(person, slip, value);  await safe.read<T>(person, slip);  await safe.forget(person, slip);
 */
export interface Kept {
  key: CryptoKey;
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}
/** Where records lie. */
export interface Shelf {
  get(name: string): Promise<Kept | undefined>;
  put(name: string, kept: Kept): Promise<void>;
  drop(name: string): Promise<void>;
  names(): Promise<string[]>;
}
/** Does `work` while nobody else in this browser does anything under that name. */
export type Alone = <T>(name: string, work: () => Promise<T>) => Promise<T>;
const AES = 'AES-GCM';
const STORE = 'slips';

export class Safe {
  constructor(
    private readonly shelf: Shelf,
    private readonly locked: Alone,
  ) {}

  alone<T>(slip: string, work: () => Promise<T>): Promise<T> {
    return this.locked(`slip ${slip}`, work);
  }
  /** The slips of which something of this person is kept. */
  async slips(person: string): Promise<string[]> {
    const names = await this.shelf.names();
    return names.filter((name) => name.startsWith(`${person} `)).map((name) => name.slice(person.length + 1));
  }

  async keep(person: string, slip: string, value: unknown): Promise<void> {
    const key = await crypto.subtle.generateKey({ name: AES, length: 256 }, false, ['encrypt', 'decrypt']);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt({ name: AES, iv }, key, new TextEncoder().encode(JSON.stringify(value)));
    await this.shelf.put(`${person} ${slip}`, { key, iv, data });
  }
  async read<T>(person: string, slip: string): Promise<T | null> {
    const kept = await this.shelf.get(`${person} ${slip}`);
    if (!kept) return null;
    const data = await crypto.subtle.decrypt({ name: AES, iv: kept.iv }, kept.key, kept.data);
    return JSON.parse(new TextDecoder().decode(data)) as T;
  }
  forget(person: string, slip: string): Promise<void> {
    return this.shelf.drop(`${person} ${slip}`);
  }
}

/** IndexedDB; what it says is done is on the disk (`durability: strict`). */
class Database implements Shelf {
  #open: Promise<IDBDatabase> | undefined;

  get(name: string): Promise<Kept | undefined> {
    return this.#do('readonly', (store) => store.get(name) as IDBRequest<Kept | undefined>);
  }
  async put(name: string, kept: Kept): Promise<void> {
    await this.#do('readwrite', (store) => store.put(kept, name));
  }
  async drop(name: string): Promise<void> {
    await this.#do('readwrite', (store) => store.delete(name));
  }

  names(): Promise<string[]> {
    return this.#do('readonly', (store) => store.getAllKeys() as IDBRequest<string[]>);
  }

  async #do<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    this.#open ??= new Promise((done, fail) => {
      const opening = indexedDB.open('phonghop-slips', 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
      opening.onsuccess = () => done(opening.result);
      opening.onerror = () => fail(opening.error ?? new Error('no store'));
    });
    const database = await this.#open;
    return new Promise<T>((done, fail) => {
      const work = database.transaction(STORE, mode, { durability: 'strict' });
      const asked = ask(work.objectStore(STORE));
      work.oncomplete = () => done(asked.result);
      work.onabort = work.onerror = () => fail(work.error ?? asked.error ?? new Error('not kept'));
    });
  }
}

/** Asks the browser not to clear what is kept when its disk is short; not waited for, as it may ask the person. */
export function keepForLong(): void {
  void navigator.storage?.persist?.().catch(() => false);
}

export const safe = new Safe(new Database(), (name, work) => navigator.locks.request(name, work));
