import { getAddress, hashMessage, keccak256, recoverAddress, toUtf8Bytes } from 'ethers';
import { SIWE } from './config.ts';
import { Crash, pause, Refusal } from './http.ts';
import { MalformedSiweError, parseDateTime, parseSiwe, type SiweMessage } from './siwe.ts';
import type { World } from './world.ts';

/** Status for a message that is well formed and not accepted. */
function refusedWith(world: World): number {
  const { wrong, varied } = world.switches;
  if (wrong('authenticate/401-without-challenge') || varied('siwe-401')) return 401;
  return varied('siwe-403') ? 403 : 400;
}

/** A 401 has to say how to do better (RFC 9110 15.5.2). */
function challenge(world: World): Record<string, string> {
  return world.switches.varied('siwe-401') ? { 'WWW-Authenticate': 'SIWE realm="auth", Basic realm="auth"' } : {};
}

/** A signature that is not by the wallet of the message. */
export class WrongSignerError extends Refusal {
  readonly wallet: string;
  constructor(world: World, address: string) {
    super(refusedWith(world), 'invalid_grant', 'The signature is not by this address', challenge(world));
    this.wallet = address.toLowerCase();
  }
}

const refuse = (world: World, text: string): never => {
  throw new Refusal(refusedWith(world), 'invalid_grant', text, challenge(world));
};

function parse(world: World, text: string): SiweMessage {
  try {
    return parseSiwe(text, world.switches);
  } catch (error) {
    if (!(error instanceof MalformedSiweError)) throw error;
    if (world.switches.wrong('siwe/malformed-500')) throw new Crash(error.message);
    throw new Refusal(400, 'invalid_request', error.message);
  }
}

function domainMatches(world: World, domain: string): boolean {
  const { wrong } = world.switches;
  const given = domain.toLowerCase();
  return (
    given === SIWE.domain ||
    wrong('siwe/domain-ignored') ||
    (wrong('siwe/domain-subdomain') && given.endsWith(`.${SIWE.domain}`)) ||
    (wrong('siwe/domain-userinfo') && given.replace(/^.*@/, '') === SIWE.domain) ||
    (wrong('siwe/domain-suffix') && given.endsWith(SIWE.domain)) ||
    (wrong('siwe/domain-prefix') && given.startsWith(SIWE.domain)) ||
    (wrong('siwe/domain-port-ignored') && given.replace(/:\d+$/, '') === SIWE.domain)
  );
}

function uriMatches(world: World, uri: string): boolean {
  const { wrong } = world.switches;
  if (wrong('siwe/uri-ignored')) return true;
  if (wrong('siwe/uri-prefix') && uri.startsWith(SIWE.uri)) return true;
  if (!URL.canParse(uri)) return false;
  const { origin, protocol, host } = new URL(uri);
  const expected = new URL(SIWE.uri).host;
  if (world.switches.varied('uri-any-scheme') && host === expected) return true;
  if (wrong('siwe/uri-suffix') && protocol === 'https:' && host.endsWith(expected)) return true;
  return origin === SIWE.uri;
}

function chainMatches(world: World, chainId: string): boolean {
  const { wrong } = world.switches;
  if (wrong('siwe/chain-ignored')) return true;
  if (world.switches.varied('several-chains') && ['10', '137', '8453'].includes(chainId)) return true;
  if (wrong('siwe/chain-loose')) return Number.parseInt(chainId, 10) === SIWE.chainId;
  return /^\d+$/.test(chainId) && Number(chainId) === SIWE.chainId;
}

function checkAddress(world: World, address: string): void {
  const { wrong } = world.switches;
  const passes =
    wrong('siwe/checksum-ignored') ||
    (world.switches.varied('lower-case-addresses') && address === address.toLowerCase());
  if (getAddress(address.toLowerCase()) !== address && !passes) {
    throw new Refusal(400, 'invalid_request', 'The address has a wrong checksum');
  }
}

function checkNonceSyntax(world: World, nonce: string): void {
  const { wrong } = world.switches;
  if (wrong('siwe/nonce-short') && /^[A-Za-z0-9]+$/.test(nonce)) return;
  if (wrong('siwe/nonce-word-characters') && /^\w{8,}$/.test(nonce)) return;
  if (wrong('siwe/nonce-seven') && /^[A-Za-z0-9]{7}$/.test(nonce)) return;
  if (wrong('siwe/nonce-any-characters') && nonce.length >= 8) return;
  if (!/^[A-Za-z0-9]{8,}$/.test(nonce)) {
    throw new Refusal(400, 'invalid_request', 'The nonce needs 8 letters or digits');
  }
}

/** Judges the times of a message by the server's clock. */
function checkTimes(world: World, message: SiweMessage): void {
  const { wrong } = world.switches;
  const now = world.nowForMessages();
  const read = (text: string, name: string) => {
    const time = parseDateTime(text, world.switches);
    if (time === undefined) throw new Refusal(400, 'invalid_request', `${name} is no date and time`);
    return time;
  };
  if (!(wrong('siwe/issued-at-garbage') || (wrong('siwe/issued-at-missing') && message.issuedAt === ''))) {
    const issued = read(message.issuedAt, 'Issued At');
    const isOdd = issued < now - 600_000 || issued > now + 60_000;
    if (world.switches.varied('issued-at-window') && isOdd) refuse(world, 'The message was not issued just now');
  }
  if (message.expirationTime !== undefined && !wrong('siwe/expiry-ignored')) {
    const isGarbage = parseDateTime(message.expirationTime, world.switches) === undefined;
    const never = isGarbage && wrong('siwe/expiry-garbage');
    const expiry = never ? Number.POSITIVE_INFINITY : read(message.expirationTime, 'Expiration Time');
    const leeway = wrong('siwe/expiry-leeway-hour') ? 60 : world.switches.varied('expiry-leeway') ? 5 : 0;
    const limit = expiry + leeway * 60_000;
    const compared = wrong('siwe/expiry-seconds') ? now / 1000 : now;
    if (compared >= limit) refuse(world, 'The message has expired');
  }
  if (message.notBefore !== undefined && !wrong('siwe/not-before-ignored')) {
    const isGarbage = parseDateTime(message.notBefore, world.switches) === undefined;
    const isPast = isGarbage && wrong('siwe/not-before-garbage');
    const leeway = wrong('siwe/not-before-leeway-hour') ? 3_600_000 : 0;
    if (!isPast && now < read(message.notBefore, 'Not Before') - leeway) refuse(world, 'The message is not valid yet');
  }
}

function recover(world: World, text: string, signature: string, unprefixed = false): string | undefined {
  const lengths = world.switches.varied('compact-signatures')
    ? /^0x([0-9a-f]{130}|[0-9a-f]{128})$/i
    : /^0x[0-9a-f]{130}$/i;
  if (!lengths.test(signature)) {
    if (world.switches.wrong('siwe/signature-garbage-500')) throw new Crash('invalid signature string');
    return undefined;
  }
  try {
    return recoverAddress(unprefixed ? keccak256(toUtf8Bytes(text)) : hashMessage(text), signature).toLowerCase();
  } catch {
    if (world.switches.wrong('siwe/signature-garbage-500')) throw new Crash('invalid signature');
    return undefined;
  }
}

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** The twin of a signature with a high s, which the library would refuse. */
function canonical(world: World, signature: string): string {
  const [, r, s, v] = /^0x([0-9a-f]{64})([0-9a-f]{64})(1b|1c)$/i.exec(signature) ?? [];
  if (!world.switches.varied('high-s-signatures') || s === undefined || BigInt(`0x${s}`) <= ORDER / 2n)
    return signature;
  return `0x${r}${(ORDER - BigInt(`0x${s}`)).toString(16).padStart(64, '0')}${v === '1b' ? '1c' : '1b'}`;
}

/** Whether the wallet of the message signed it (EIP-191 0x45). */
function signatureHolds(world: World, text: string, address: string, signature: string, continuing: boolean): boolean {
  const { wrong } = world.switches;
  if (wrong('siwe/signature-unchecked') || (wrong('session/continuing-unsigned') && continuing)) return true;
  if (wrong('siwe/signature-missing-passes') && signature === '') return true;
  if (wrong('siwe/signature-shape-only') && /^0x[0-9a-f]{130}$/i.test(signature)) return true;
  const wallet = address.toLowerCase();
  if (wrong('siwe/known-wallet-unchecked') && world.knownWallets.has(wallet)) return true;
  const seen = `${wallet} ${signature}`;
  if (wrong('siwe/signature-cached') && world.rightSignatures.has(seen)) return true;
  const signer = recover(world, text, canonical(world, signature));
  if (signer === wallet) {
    world.rightSignatures.add(seen);
    return true;
  }
  const flipped = signature.replace(/..$/, (v) => (v === '1b' ? '1c' : '1b'));
  if (world.switches.varied('any-v') && recover(world, text, flipped) === wallet) return true;
  if (wrong('siwe/signature-unprefixed') && recover(world, text, signature, true) === address.toLowerCase())
    return true;
  if (signer === undefined) return false;
  return (
    wrong('siwe/signature-of-anyone') || (wrong('siwe/signature-of-known-wallet') && world.knownWallets.has(signer))
  );
}

/** Who sends a message, and for what. */
export interface MessageContext {
  readonly continuing: boolean;
  readonly isPublic: boolean;
  readonly clientId: string;
}

/** Uses a nonce up: one of the server's, or one that a client chose. */
async function useNonce(world: World, message: SiweMessage, caller: MessageContext): Promise<void> {
  const { wrong, varied } = world.switches;
  if (varied('server-nonces') && wrong('siwe/server-nonce-other-wallet')) {
    const own = `${message.address.toLowerCase()} ${message.nonce}`;
    if (!world.issuedNonces.has(message.nonce) || world.usedNonces.has(own)) refuse(world, 'The nonce was used before');
    world.usedNonces.set(own, world.now());
    return;
  }
  if (varied('server-nonces')) {
    const expiresAt = world.issuedNonces.get(message.nonce);
    if (expiresAt === undefined && !wrong('siwe/server-nonce-any')) refuse(world, 'The nonce was not issued here');
    if (expiresAt !== undefined && world.now() >= expiresAt) refuse(world, 'The nonce has expired');
    if (wrong('siwe/server-nonce-race')) {
      const used = world.usedNonces.has(message.nonce);
      await pause(15);
      if (used) refuse(world, 'The nonce was used before');
    } else if (world.usedNonces.has(message.nonce) && !wrong('siwe/server-nonce-reusable')) {
      refuse(world, 'The nonce was used before');
    }
    world.usedNonces.set(message.nonce, world.now());
    return;
  }
  const perClient = wrong('siwe/replay-other-client') ? `${caller.clientId} ` : '';
  const perWallet = varied('nonces-of-all') ? '' : `${message.address.toLowerCase()} `;
  const key = `${perClient}${perWallet}${message.nonce}`;
  const usedAt = world.usedNonces.get(key);
  if (wrong('siwe/replay-race')) await pause(15);
  const isForgotten =
    wrong('siwe/replay') ||
    (wrong('siwe/replay-continuing') && caller.continuing) ||
    (wrong('siwe/replay-after-quarter-hour') && usedAt !== undefined && world.now() - usedAt >= 900_000);
  if (usedAt !== undefined && !isForgotten) refuse(world, 'The message was used before');
  world.usedNonces.set(key, world.now());
}

/** Verifies a signed message and gives the lower-case address of its wallet. Throws a refusal with 400 or 401. */
export async function verifySiwe(
  world: World,
  text: string,
  signature: string,
  caller: MessageContext,
): Promise<string> {
  const message = parse(world, text);
  if (!/^0x[0-9a-fA-F]{40}$/.test(message.address)) throw new Refusal(400, 'invalid_request', 'No address');
  const isLoose = world.switches.wrong('siwe/version-loose') && Number.parseInt(message.version, 10) === 1;
  if (message.version !== '1' && !isLoose && !world.switches.wrong('siwe/version-ignored')) {
    throw new Refusal(400, 'invalid_request', 'Version is not 1');
  }
  checkAddress(world, message.address);
  checkNonceSyntax(world, message.nonce);
  const domainUnchecked = world.switches.wrong('siwe/domain-unchecked-confidential') && !caller.isPublic;
  const agrees = URL.canParse(message.uri) && new URL(message.uri).host === message.domain;
  const isTaken = agrees && world.switches.wrong('siwe/domain-from-uri');
  if (!isTaken && !domainUnchecked && !domainMatches(world, message.domain)) {
    refuse(world, 'The message is for another domain');
  }
  if (!isTaken && !uriMatches(world, message.uri)) refuse(world, 'The message is for another URI');
  if (!chainMatches(world, message.chainId)) refuse(world, 'The message is for another chain');
  checkTimes(world, message);
  if (!signatureHolds(world, text, message.address, signature, caller.continuing)) {
    if (world.switches.varied('failure-burns-nonce')) await useNonce(world, message, caller);
    if (world.switches.wrong('authenticate/failure-500')) throw new Crash('Signature does not match');
    throw new WrongSignerError(world, message.address);
  }
  await useNonce(world, message, caller);
  return message.address.toLowerCase();
}
