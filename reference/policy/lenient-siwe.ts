/** A reader of SIWE messages that trusts the lines, as home-made integrations have it. Faults and variants put it in place of the grammar. */

import type { ParsedMessage } from './siwe.ts';

/** The value of the first line `Name: value`. */
function field(lines: readonly string[], name: string): string | undefined {
  return lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
}

/**
 * The fields of a message, without a look at order, blank lines, checksum or form. The decisions on single fields
 * (version, nonce, address, ...) still apply, so a fault that uses it and replaces one of them makes exactly one mistake.
 */
export function readsLeniently(text: string): ParsedMessage | undefined {
  const lines = text.split('\n');
  const head = / wants you to sign in with your Ethereum account:$/.exec(lines[0] ?? '');
  if (head === null) return undefined;
  const [scheme, rest] = (lines[0] ?? '').slice(0, head.index).split('://') as [string, string | undefined];
  return {
    scheme: rest === undefined ? undefined : scheme,
    domain: rest ?? scheme,
    address: lines[1] ?? '',
    uri: field(lines, 'URI') ?? '',
    version: field(lines, 'Version') ?? '',
    chainId: Number(field(lines, 'Chain ID') ?? Number.NaN),
    nonce: field(lines, 'Nonce') ?? '',
    issuedAt: field(lines, 'Issued At'),
    expirationTime: field(lines, 'Expiration Time'),
    notBefore: field(lines, 'Not Before'),
    requestId: field(lines, 'Request ID'),
  };
}
