/** The clients of the contract's example configuration. */

import type { Client } from './model.ts';

export const exampleClients: readonly Client[] = [
  {
    id: 'wl-confidential',
    secret: 'wl-secret',
    redirectUris: ['https://app.example.com/callback'],
    role: 'whitelabel-customer',
  },
  { id: 'wl-public', redirectUris: ['https://spa.example.com/callback'], role: 'whitelabel-customer' },
  {
    id: 'tp-confidential',
    secret: 'tp-secret',
    redirectUris: ['https://partner.example.com/callback'],
    role: 'third-party',
  },
];

/** Clients with other secrets. @param secrets secrets by client id @throws Error for an id that no confidential client has */
export function withSecrets(clients: readonly Client[], secrets: Readonly<Record<string, string>>): readonly Client[] {
  for (const id of Object.keys(secrets)) {
    if (!clients.some((client) => client.id === id && client.secret !== undefined))
      throw new Error(`There is no confidential client ${id} to give a secret to.`);
  }
  return clients.map((client) => {
    const secret = secrets[client.id];
    return secret === undefined ? client : { ...client, secret };
  });
}
