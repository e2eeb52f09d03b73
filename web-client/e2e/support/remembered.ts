/** Browsers as they were left: what they kept of a set, put back into their stores. */

/** Puts back what a browser kept of this set; its keys cannot be read out any more. Runs in the page. */
export async function remember({ set, kept }: { readonly set: string; readonly kept: unknown }): Promise<void> {
  const bytes = (text: string): Uint8Array<ArrayBuffer> =>
    Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
  const pair = async (name: string, jwk: JsonWebKey, may: readonly KeyUsage[], others: readonly KeyUsage[]): Promise<object> => {
    const curve = { name, namedCurve: 'P-256' };
    const { d: _, ...open } = jwk;
    return {
      privateKey: await crypto.subtle.importKey('jwk', jwk, curve, false, may),
      publicKey: await crypto.subtle.importKey('jwk', open, curve, true, others),
    };
  };
  const alive = async (value: unknown): Promise<unknown> => {
    if (Array.isArray(value)) return Promise.all(value.map((part) => alive(part)));
    if (typeof value !== 'object' || value === null) return value;
    const { bytes: text, hkdf, aes, ecdh, ecdsa } = value as Readonly<Partial<
      Record<'bytes' | 'hkdf' | 'aes', string> & Record<'ecdh' | 'ecdsa', JsonWebKey>
    >>;
    if (text !== undefined) return bytes(text);
    if (hkdf !== undefined) return crypto.subtle.importKey('raw', bytes(hkdf), 'HKDF', false, ['deriveBits']);
    if (aes !== undefined) return crypto.subtle.importKey('raw', bytes(aes), 'AES-GCM', false, ['encrypt', 'decrypt']);
    if (ecdh !== undefined) return pair('ECDH', ecdh, ['deriveBits'], []);
    if (ecdsa !== undefined) return pair('ECDSA', ecdsa, ['sign'], ['verify']);
    const parts = Object.entries(value).map(async ([name, part]) => [name, await alive(part)] as const);
    return Object.fromEntries(await Promise.all(parts));
  };
  const record = await alive(kept);
  const opening = indexedDB.open('setroom', 1);
  opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore('sets'));
  await new Promise<void>((done, fail) => {
    opening.addEventListener('error', () => fail(opening.error));
    opening.addEventListener('success', () => {
      const writing = opening.result.transaction('sets', 'readwrite');
      writing.objectStore('sets').put(record, set);
      writing.addEventListener('complete', () => {
        opening.result.close();
        done();
      });
    });
  });
}
