/**
 * What a browser keeps of a secret slip until it is acknowledged: the answers that are being written, then the ballot that is on its way.
 *
 * Rules: each record is sealed under a key of its own that no script can take out of the browser (WebCrypto, not extractable); with the record
 * the key goes. One record a person and slip: who else signs in here finds nothing.
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
}
const AES = 'AES-GCM';
const STORE = 'slips';

export class Safe {
  constructor(private readonly shelf: Shelf) {}

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

export const safe = new Safe(new Database());
