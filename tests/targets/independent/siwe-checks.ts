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
    (wrong('siwe/domain-suffix') && given.endsWith(SIWE.domain)) ||
    (wrong('siwe/domain-prefix') && given.startsWith(SIWE.domain)) ||
    (wrong('siwe/domain-port-ignored') && given.replace(/:\d+$/, '') === SIWE.domain)
  );
}

function uriMatches(world: World, uri: string): boolean {
  const { wrong } = world.switches;
  if (wrong('siwe/uri-ignored')) return true;
  if (wrong('siwe/uri-prefix') && uri.startsWith(SIWE.uri)) return true;
  return URL.canParse(uri) && new URL(uri).origin === SIWE.uri;
}

function chainMatches(world: World, chainId: string): boolean {
  const { wrong } = world.switches;
  if (wrong('siwe/chain-ignored')) return true;
  if (wrong('siwe/chain-loose')) return Number.parseInt(chainId, 10) === SIWE.chainId;
  return /^\d+$/.test(chainId) && Number(chainId) === SIWE.chainId;
}

function checkAddress(world: World, address: string): void {
  const { wrong } = world.switches;
  if (getAddress(address.toLowerCase()) !== address && !wrong('siwe/checksum-ignored')) {
    throw new Refusal(400, 'invalid_request', 'The address has a wrong checksum');
  }
}

function checkNonceSyntax(world: World, nonce: string): void {
  const { wrong } = world.switches;
  if (wrong('siwe/nonce-short') && /^[A-Za-z0-9]+$/.test(nonce)) return;
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
    read(message.issuedAt, 'Issued At');
  }
  if (message.expirationTime !== undefined && !wrong('siwe/expiry-ignored')) {
    const isGarbage = parseDateTime(message.expirationTime, world.switches) === undefined;
    const never = isGarbage && wrong('siwe/expiry-garbage');
    const expiry = never ? Number.POSITIVE_INFINITY : read(message.expirationTime, 'Expiration Time');
    const limit = wrong('siwe/expiry-leeway-hour') ? expiry + 3_600_000 : expiry;
    const compared = wrong('siwe/expiry-seconds') ? now / 1000 : now;
    if (compared >= limit) refuse(world, 'The message has expired');
  }
  if (message.notBefore !== undefined && !wrong('siwe/not-before-ignored')) {
    const isGarbage = parseDateTime(message.notBefore, world.switches) === undefined;
    const isPast = isGarbage && wrong('siwe/not-before-garbage');
    if (!isPast && now < read(message.notBefore, 'Not Before')) refuse(world, 'The message is not valid yet');
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

/** Whether the wallet of the message signed it (EIP-191 0x45). */
function signatureHolds(world: World, text: string, address: string, signature: string, continuing: boolean): boolean {
  const { wrong } = world.switches;
  if (wrong('siwe/signature-unchecked') || (wrong('session/continuing-unsigned') && continuing)) return true;
  if (wrong('siwe/signature-missing-passes') && signature === '') return true;
  if (wrong('siwe/signature-shape-only') && /^0x[0-9a-f]{130}$/i.test(signature)) return true;
  const signer = recover(world, text, signature);
  if (signer === address.toLowerCase()) return true;
  if (wrong('siwe/signature-unprefixed') && recover(world, text, signature, true) === address.toLowerCase())
    return true;
  if (signer === undefined) return false;
  return (
    wrong('siwe/signature-of-anyone') || (wrong('siwe/signature-of-known-wallet') && world.knownWallets.has(signer))
  );
}

/** Uses a nonce up: one of the server's, or one that a client chose. */
async function useNonce(world: World, message: SiweMessage): Promise<void> {
  const { wrong, varied } = world.switches;
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
  const key = `${message.address.toLowerCase()} ${message.nonce}`;
  if (world.usedNonces.has(key) && !wrong('siwe/replay')) refuse(world, 'The message was used before');
  world.usedNonces.set(key, world.now());
}

/** Verifies a signed message and gives the lower-case address of its wallet. Throws a refusal with 400 or 401. */
export async function verifySiwe(
  world: World,
  text: string,
  signature: string,
  caller: { readonly continuing: boolean; readonly isPublic: boolean },
): Promise<string> {
  const message = parse(world, text);
  if (!/^0x[0-9a-fA-F]{40}$/.test(message.address)) throw new Refusal(400, 'invalid_request', 'No address');
  if (message.version !== '1' && !world.switches.wrong('siwe/version-ignored')) {
    throw new Refusal(400, 'invalid_request', 'Version is not 1');
  }
  checkAddress(world, message.address);
  checkNonceSyntax(world, message.nonce);
  const domainUnchecked = world.switches.wrong('siwe/domain-unchecked-confidential') && !caller.isPublic;
  if (!domainUnchecked && !domainMatches(world, message.domain)) refuse(world, 'The message is for another domain');
  if (!uriMatches(world, message.uri)) refuse(world, 'The message is for another URI');
  if (!chainMatches(world, message.chainId)) refuse(world, 'The message is for another chain');
  checkTimes(world, message);
  if (!signatureHolds(world, text, message.address, signature, caller.continuing)) {
    if (world.switches.wrong('authenticate/failure-500')) throw new Crash('Signature does not match');
    throw new WrongSignerError(world, message.address);
  }
  await useNonce(world, message);
  return message.address.toLowerCase();
}
