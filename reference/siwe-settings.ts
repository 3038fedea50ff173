/** Dialect settings of SIWE that faults and variants change: a configuration replaces them as a whole. */

/** As the reference has them, but for where nonces come from. */
export const siweSettings = {
  domain: 'app.example.com',
  uri: 'https://app.example.com',
  chainId: 1,
  messageField: 'message',
  messageEncoding: 'text',
} as const;

/** Nonces of the server, as the reference serves them at its control route. */
export const serverNonces = {
  siwe: { ...siweSettings, nonce: { source: 'http', url: '/__control/nonce', field: 'nonce' } },
} as const;
