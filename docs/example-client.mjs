// The smallest whole client of Setroom: makes a set, comes in as its host, starts the meeting,
// moves on once, and checks that nothing is missing. No dependencies; Node 20.19 or newer:
//
//   node --experimental-websocket docs/example-client.mjs http://127.0.0.1:8787
//
// docs/PROTOCOL.md explains each step, and docs/SEALING.md what is signed. What is left out here: keys
// and grants (the host's browser makes the first key, with the first edit of the roster, before anybody
// else comes), texts, and coming back after a lost line.

const base = new URL(process.argv[2] ?? 'http://127.0.0.1:8787').origin;
const { subtle } = crypto;

// ---- bytes, as PROTOCOL.md writes them ----

const random = (length) => crypto.getRandomValues(new Uint8Array(length));
const utf8 = (text) => new TextEncoder().encode(text);
const b64u = (bytes) => Buffer.from(bytes).toString('base64url');
const concat = (...parts) => new Uint8Array(parts.flatMap((part) => [...part]));
const u32 = (value) => new Uint8Array([value >>> 24, value >>> 16, value >>> 8, value]);
const u64 = (value) => concat(u32(Math.floor(value / 2 ** 32)), u32(value));
const pae = (...parts) => concat(u32(parts.length), ...parts.flatMap((p) => [u32(p.length), p]));
const sha256 = async (bytes) => new Uint8Array(await subtle.digest('SHA-256', bytes));

async function hkdf(ikm, salt, info, length) {
  const key = await subtle.importKey('raw', ikm, 'HKDF', false, ['deriveBits']);
  const params = { name: 'HKDF', hash: 'SHA-256', salt, info };
  return new Uint8Array(await subtle.deriveBits(params, key, length * 8));
}

// ---- 1. make a set: four links, of which the server learns only hashes ----

const set = random(16);
const meeting = random(16);
const secrets = { h: random(32), c: random(32), m: random(32), o: random(32) };
const linkKey = (role, purpose) =>
  hkdf(secrets[role], set, utf8(`ALS1-link|${role}|${purpose}`), 32);

const links = {};
for (const role of Object.keys(secrets)) links[role] = b64u(await sha256(await linkKey(role, 'token')));

const made = await fetch(`${base}/api/sets`, {
  method: 'POST',
  headers: { 'content-type': 'application/json', origin: base },
  body: JSON.stringify({
    v: 3,
    set: b64u(set),
    meeting: b64u(meeting),
    links,
    mode: 'set',
    plan: 'short_90',
    template: 'classic',
  }),
});
if (made.status !== 201) fail(`the set was not made: ${made.status} ${await made.text()}`);

// ---- 2. the knock: a device with two pairs, proofs that it holds link and private key, a sealed name ----

const curve = { namedCurve: 'P-256' };
const pair = await subtle.generateKey({ name: 'ECDH', ...curve }, false, ['deriveBits']);
const signing = await subtle.generateKey({ name: 'ECDSA', ...curve }, false, ['sign', 'verify']);
const raw = async (key) => new Uint8Array(await subtle.exportKey('raw', key));
const [pub, sign] = [await raw(pair.publicKey), await raw(signing.publicKey)];
const device = (await sha256(concat(pub, sign))).slice(0, 16);
const nonce = random(16);
const resume = random(32);
const hello = pae(utf8('ALS1-hello2'), set, utf8('h'), pub, sign, nonce);

async function helloMac() {
  const usage = { name: 'HMAC', hash: 'SHA-256' };
  const key = await subtle.importKey('raw', await linkKey('h', 'admit'), usage, false, ['sign']);
  return new Uint8Array(await subtle.sign('HMAC', key, hello));
}

/** Over what the server asks each socket anew: a knock that was recorded is worth nothing on another. */
async function proof(challenge) {
  const how = { name: 'ECDSA', hash: 'SHA-256' };
  const signed = pae(utf8('ALS1-pop'), challenge, hello);
  return new Uint8Array(await subtle.sign(how, signing.privateKey, signed));
}

/** A box under the link's lobby key: nobody without the link can read the name. */
async function lobbyName(name) {
  const zero = (length) => new Uint8Array(length);
  const ctx = pae(utf8('ALS1-seal'), set, zero(16), u32(0), zero(16), device, utf8('name'), nonce,
    u32(1), u64(0), zero(32));
  const salt = random(32);
  const info = concat(utf8('ALS1-seal'), await sha256(ctx));
  const okm = await hkdf(await linkKey('h', 'lobby'), salt, info, 76);
  const key = await subtle.importKey('raw', okm.slice(0, 32), 'AES-GCM', false, ['encrypt']);
  const padded = zero(256);
  padded.set(concat(utf8(name), [0x80]));
  const cipher = { name: 'AES-GCM', iv: okm.slice(32, 44), additionalData: ctx };
  const locked = new Uint8Array(await subtle.encrypt(cipher, key, padded));
  return concat([1], u32(0), salt, okm.slice(44, 76), locked);
}

const knock = {
  t: 'knock',
  v: 3,
  set: b64u(set),
  role: 'h',
  token: b64u(await linkKey('h', 'token')),
  pub: b64u(pub),
  sign: b64u(sign),
  nonce: b64u(nonce),
  mac: b64u(await helloMac()),
  name: b64u(await lobbyName('Asha')),
  resume: b64u(await sha256(resume)),
};

// ---- 3. the socket: the server's challenge, our knock, the snapshot, then every change in order ----

/** RFC 7396. */
function merge(target, patch) {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const out = { ...(target !== null && typeof target === 'object' ? target : {}) };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete out[name];
    else out[name] = merge(out[name], value);
  }
  return out;
}

function fail(why) {
  console.error(why);
  process.exit(1);
}

const socket = new WebSocket(`${base.replace('http', 'ws')}/ws`, {
  protocols: ['als1'],
  headers: { origin: base },
});
const todo = [{ c: 'start' }, { c: 'next' }];
let [seq, shared, waiting] = [0, {}, undefined];

/** The next command, pressed on the screen as it is now. */
function ask() {
  const cmd = todo.shift();
  if (cmd === undefined) return socket.close(1000);
  waiting = b64u(random(16));
  console.log(`asked: ${cmd.c}`);
  socket.send(JSON.stringify({ t: 'do', cid: waiting, seen: seq, cmd }));
}

socket.onerror = () => fail('the socket did not open');
socket.onclose = ({ code, reason }) => {
  if (waiting !== 'all done') fail(`closed: ${code} ${reason}`);
  const at = shared.agenda[shared.now.part].id;
  console.log(`stage: ${shared.stage}, part: ${at}, changes without a hole up to ${seq}`);
  process.exit(at === shared.agenda[1].id ? 0 : 1);
};
socket.onmessage = ({ data }) => {
  const frame = JSON.parse(data);
  switch (frame.t) {
    case 'hello':
      return void proof(Buffer.from(frame.challenge, 'base64url')).then((pop) =>
        socket.send(JSON.stringify({ ...knock, pop: b64u(pop) })),
      );
    case 'snapshot':
      ({ seq, shared } = frame);
      console.log(`snapshot at ${seq}: stage ${shared.stage}`);
      return ask();
    case 'change':
      if (frame.seq !== seq + 1) fail(`a hole: ${frame.seq} after ${seq}`);
      seq = frame.seq;
      shared = merge(shared, frame.shared);
      return;
    case 'done':
      if (frame.cid !== waiting || frame.seq > seq) fail('an answer that came too early');
      if (todo.length === 0) waiting = 'all done';
      return ask();
    case 'refused':
      return fail(`refused: ${frame.code}`);
    default: // own, presence, knocks, beat, pong
  }
};
setTimeout(() => fail('no answer within 10 s'), 10_000).unref();
