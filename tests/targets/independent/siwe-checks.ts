import { getAddress } from 'ethers';
import { SIWE } from './config.ts';
import { passesAgain } from './forgotten.ts';
import { Crash, pause, Refusal } from './http.ts';
import { keepExpiry } from './later.ts';
import { MalformedSiweError, parseDateTime, parseSiwe, type SiweMessage } from './siwe.ts';
import { type MessageContext, recover, signatureHolds } from './siwe-signatures.ts';
import { storedTime } from './stores.ts';
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

/** A status for each reason: what a careful person makes of the list of RFC 9110 15.5. */
function statusOf(text: string): number {
  if (/before/.test(text)) return 409;
  if (/expired/.test(text)) return 410;
  if (/another/.test(text)) return 421;
  return 403;
}

const refuse = (world: World, text: string): never => {
  const status = world.switches.varied('message-refusals-vary') ? statusOf(text) : refusedWith(world);
  throw new Refusal(status, 'invalid_grant', text, challenge(world));
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
    (wrong('siwe/domain-nfkc') && given.normalize('NFKC') === SIWE.domain) ||
    (wrong('siwe/domain-as-regexp') && new RegExp(`^${SIWE.domain}$`).test(given)) ||
    (wrong('siwe/domain-parent') && SIWE.domain.endsWith(`.${given}`)) ||
    (wrong('siwe/domain-subdomain') && given.endsWith(`.${SIWE.domain}`)) ||
    (wrong('siwe/domain-userinfo') && given.replace(/^.*@/, '') === SIWE.domain) ||
    (wrong('siwe/domain-suffix') && given.endsWith(SIWE.domain)) ||
    (wrong('siwe/domain-prefix') && given.startsWith(SIWE.domain)) ||
    (wrong('siwe/domain-port-ignored') && given.replace(/:\d+$/, '') === SIWE.domain)
  );
}

function uriMatches(world: World, uri: string, continuing: boolean): boolean {
  const { wrong } = world.switches;
  if (wrong('siwe/uri-ignored-continuing') && continuing) return true;
  if (world.switches.varied('uri-exact')) return uri === SIWE.uri;
  if (wrong('siwe/uri-ignored') || (wrong('siwe/uri-contained') && uri.includes(SIWE.uri))) return true;
  if (wrong('siwe/uri-prefix') && uri.startsWith(SIWE.uri)) return true;
  if (!URL.canParse(uri)) return false;
  const { origin, protocol, host, hostname } = new URL(uri);
  const expected = new URL(SIWE.uri).host;
  const written = /^https:\/\/([^/@?#]+)/.exec(uri)?.[1];
  if (wrong('siwe/uri-host-by-pattern') && written === expected) return true;
  if (wrong('siwe/uri-port-ignored') && protocol === 'https:' && hostname === expected) return true;
  if (world.switches.varied('uri-any-scheme') && host === expected) return true;
  if (wrong('siwe/uri-suffix') && protocol === 'https:' && host.endsWith(expected)) return true;
  return origin === SIWE.uri;
}

function chainMatches(world: World, chainId: string): boolean {
  const { wrong } = world.switches;
  if (wrong('siwe/chain-ignored')) return true;
  if (world.switches.varied('several-chains') && ['10', '137', '8453'].includes(chainId)) return true;
  if (wrong('siwe/chain-prefix') && /^\d+$/.test(chainId)) return chainId.startsWith(String(SIWE.chainId));
  if (wrong('siwe/chain-number')) return Number(chainId) === SIWE.chainId;
  if (wrong('siwe/chain-overflow') && /^\d+$/.test(chainId)) {
    return Number(BigInt.asIntN(32, BigInt(chainId))) === SIWE.chainId;
  }
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
function checkTimes(world: World, message: SiweMessage, continuing: boolean): void {
  const { wrong } = world.switches;
  if (wrong('siwe/times-ignored-continuing') && continuing) return;
  const now = world.nowForMessages();
  const issuedAt = parseDateTime(message.issuedAt, world.switches) ?? now;
  const read = (text: string, name: string) => {
    const time = parseDateTime(text, world.switches);
    if (time === undefined) throw new Refusal(400, 'invalid_request', `${name} is no date and time`);
    return storedTime(world, name, time);
  };
  if (!(wrong('siwe/issued-at-garbage') || (wrong('siwe/issued-at-missing') && message.issuedAt === ''))) {
    const issued = read(message.issuedAt, 'Issued At');
    const isOdd = issued < now - 600_000 || issued > now + 60_000;
    if (world.switches.varied('issued-at-window') && isOdd) refuse(world, 'The message was not issued just now');
  }
  const isOther = wrong('siwe/expiry-ignored-with-not-before') && message.notBefore !== undefined;
  if (message.expirationTime !== undefined && !wrong('siwe/expiry-ignored') && !isOther) {
    const isGarbage = parseDateTime(message.expirationTime, world.switches) === undefined;
    const never = isGarbage && wrong('siwe/expiry-garbage');
    const expiry = never ? Number.POSITIVE_INFINITY : read(message.expirationTime, 'Expiration Time');
    const leeway = wrong('siwe/expiry-leeway-hour') ? 60 : world.switches.varied('expiry-leeway') ? 5 : 0;
    const limit = expiry + leeway * 60_000;
    let judged = wrong('siwe/expiry-against-issued-at') ? issuedAt : now;
    if (wrong('siwe/expiry-against-start')) judged = world.startedAt;
    const compared = wrong('siwe/expiry-seconds') ? judged / 1000 : judged;
    const isSameDay = Math.floor(now / 86_400_000) === Math.floor(expiry / 86_400_000);
    if (compared >= limit && !(wrong('siwe/expiry-day-only') && isSameDay)) refuse(world, 'The message has expired');
  }
  const isElse = wrong('siwe/not-before-ignored-with-expiry') && message.expirationTime !== undefined;
  if (message.notBefore !== undefined && !wrong('siwe/not-before-ignored') && !isElse) {
    const isGarbage = parseDateTime(message.notBefore, world.switches) === undefined;
    const isPast = isGarbage && wrong('siwe/not-before-garbage');
    const leeway = wrong('siwe/not-before-leeway-hour') ? 3_600_000 : 0;
    const judged = wrong('siwe/not-before-against-issued-at') ? issuedAt : now;
    if (!isPast && judged < read(message.notBefore, 'Not Before') - leeway)
      refuse(world, 'The message is not valid yet');
  }
}

/** Whether a session of this wallet was ended after that time. */
function endedSince(world: World, address: string, since: number): boolean {
  const ofWallet = [...world.sessions.values()].filter((session) => session.wallet === address.toLowerCase());
  return ofWallet.some((session) => world.dead(session) && (session.revokedAt ?? 0) >= since);
}

/** Uses a nonce up: one of the server's, or one that a client chose. */
async function useNonce(
  world: World,
  message: SiweMessage,
  caller: MessageContext,
  text: string,
  signature: string,
): Promise<void> {
  const { wrong, varied } = world.switches;
  if (varied('server-nonces') && wrong('siwe/server-nonce-other-wallet')) {
    const own = `${message.address.toLowerCase()} ${message.nonce}`;
    if (!world.issuedNonces.has(message.nonce) || world.usedNonces.has(own)) refuse(world, 'The nonce was used before');
    world.usedNonces.set(own, world.now());
    return;
  }
  if (varied('server-nonces')) {
    const lower = message.nonce.toLowerCase();
    const ofAnyCase = [...world.issuedNonces].find(([nonce]) => nonce.toLowerCase() === lower)?.[1];
    const expiresAt = wrong('siwe/server-nonce-case') ? ofAnyCase : world.issuedNonces.get(message.nonce);
    const used = wrong('siwe/server-nonce-other-text') ? text : message.nonce;
    if (expiresAt === undefined && !wrong('siwe/server-nonce-any')) refuse(world, 'The nonce was not issued here');
    if (expiresAt !== undefined && world.now() >= expiresAt) refuse(world, 'The nonce has expired');
    if (wrong('siwe/server-nonce-race')) {
      const wasUsed = world.usedNonces.has(message.nonce);
      await pause(15);
      if (wasUsed) refuse(world, 'The nonce was used before');
    } else if (world.usedNonces.has(used) && !wrong('siwe/server-nonce-reusable')) {
      refuse(world, 'The nonce was used before');
    }
    world.usedNonces.set(used, world.now());
    return;
  }
  const perClient = wrong('siwe/replay-other-client') ? `${caller.clientId} ` : '';
  const perWallet = varied('nonces-of-all') ? '' : `${message.address.toLowerCase()} `;
  const one = wrong('siwe/replay-signature-case') ? signature : message.nonce;
  const key = `${perClient}${perWallet}${one}`;
  const usedAt = world.usedNonces.get(key);
  if (wrong('siwe/replay-race')) await pause(15);
  const issuedAt = parseDateTime(message.issuedAt, world.switches) ?? world.now();
  const isForgotten =
    wrong('siwe/replay') ||
    (wrong('siwe/replay-when-issued-earlier') && world.now() - issuedAt >= 300_000) ||
    (wrong('siwe/nonce-list-evicted') && ![...world.usedNonces.keys()].slice(-3).includes(key)) ||
    (wrong('siwe/replay-after-revocation') && usedAt !== undefined && endedSince(world, message.address, usedAt)) ||
    (wrong('siwe/replay-after-a-day') && usedAt !== undefined && world.now() - usedAt >= 86_400_000) ||
    (wrong('siwe/replay-continuing') && caller.continuing) ||
    (wrong('siwe/replay-after-quarter-hour') && usedAt !== undefined && world.now() - usedAt >= 900_000);
  if (usedAt !== undefined && !isForgotten) refuse(world, 'The message was used before');
  const isKept = !(wrong('siwe/replay-after-continuing') && caller.continuing);
  if (isKept) world.usedNonces.set(key, world.now());
}

/** Whether a mistake expects of a message what the request itself says. */
function isAsHeader(world: World, message: SiweMessage, { headers }: MessageContext): boolean {
  const { wrong } = world.switches;
  const forwarded = headers['x-forwarded-host'];
  const origin = String(headers.origin).replace(/^https?:\/\//, '');
  return (
    (wrong('siwe/domain-from-forwarded-host') && message.domain === forwarded) ||
    (wrong('siwe/domain-from-origin') && message.domain === origin)
  );
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
  const isTaken = (agrees && world.switches.wrong('siwe/domain-from-uri')) || isAsHeader(world, message, caller);
  const hasScheme = text.split('\n')[0]?.includes('://') === true;
  const isTrusted =
    (world.switches.wrong('siwe/domain-ignored-continuing') && caller.continuing) ||
    (world.switches.wrong('siwe/domain-unchecked-with-scheme') && hasScheme);
  if (!isTaken && !isTrusted && !domainUnchecked && !domainMatches(world, message.domain)) {
    const one = `${message.domain} ${message.address}`;
    if (!passesAgain(world, 'siwe/domain-second-try-passes', one)) refuse(world, 'The message is for another domain');
  }
  if (!isTaken && !uriMatches(world, message.uri, caller.continuing)) refuse(world, 'The message is for another URI');
  if (!chainMatches(world, message.chainId)) refuse(world, 'The message is for another chain');
  checkTimes(world, message, caller.continuing);
  keepExpiry(world, message.address, message.expirationTime);
  const isLong = (message.statement ?? '').length > 1000;
  if (world.switches.wrong('siwe/statement-long-500') && isLong) throw new Crash('value too long for varchar(1000)');
  const isBelieved = world.switches.wrong('siwe/signature-unchecked-confidential') && !caller.isPublic;
  if (!isBelieved && !signatureHolds(world, text, message.address, signature, caller.continuing)) {
    const { sessionWallet, named } = caller;
    const isNamed = world.switches.wrong('siwe/address-from-body') && recover(world, text, signature) === named;
    const isAgain = passesAgain(world, 'siwe/signature-second-try-passes', `${text} ${signature}`);
    if (isNamed || isAgain) return message.address.toLowerCase();
    if (world.switches.wrong('session/signer-of-session') && sessionWallet !== undefined) {
      if (recover(world, text, signature) === sessionWallet) return sessionWallet;
    }
    if (world.switches.varied('failure-burns-nonce')) await useNonce(world, message, caller, text, signature);
    if (world.switches.wrong('siwe/failure-frees-nonce')) {
      world.usedNonces.delete(`${message.address.toLowerCase()} ${message.nonce}`);
    }
    if (world.switches.wrong('authenticate/failure-500')) throw new Crash('Signature does not match');
    throw new WrongSignerError(world, message.address);
  }
  await useNonce(world, message, caller, text, signature);
  return message.address.toLowerCase();
}
