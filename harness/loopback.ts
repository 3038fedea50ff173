/** Whether a target is this machine itself: nobody else is disturbed by what is sent to it, and no proxy stands before it. */

import { isIP } from 'node:net';

export function isLoopback(target: string): boolean {
  const host = new URL(target).hostname.replace(/^\[|\]$/g, '');
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '::1' ||
    (isIP(host) === 4 && host.startsWith('127.'))
  );
}
