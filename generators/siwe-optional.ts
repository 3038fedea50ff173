/** Which optional fields a message has beside its required ones (ERC-4361 "Message Fields"): servers that read some of them with a reader of their own forget the rest. */

import type { SiweFields } from './siwe-message.ts';

/** Some optional fields; `undefined` takes one out that messages have unless told otherwise. */
export interface OptionalFields {
  /** Completes "a message ...". */
  readonly what: string;
  readonly fields: { readonly [K in keyof SiweFields]?: SiweFields[K] | undefined };
}

/** A message of its required fields alone. */
export const noOptional: OptionalFields = { what: 'without optional fields', fields: { statement: undefined } };

/** Every optional field, while all hold. @param iso date-time of an instant so many seconds from now */
export const everyOptional = (iso: (seconds: number) => string): OptionalFields => ({
  what: 'with every optional field',
  fields: {
    expirationTime: iso(3600),
    notBefore: iso(-3600),
    requestId: 'request-42',
    resources: ['https://example.com/terms'],
  },
});

/** No optional field, and all of them: between the two lies whatever depends on one. */
export const fewAndMany = (iso: (seconds: number) => string): OptionalFields[] => [everyOptional(iso), noOptional];

/** Those two, and each optional field by itself. */
export const eachOptional = (iso: (seconds: number) => string): OptionalFields[] => [
  ...fewAndMany(iso),
  { what: 'with a request-id', fields: { requestId: 'request-42' } },
  { what: 'with a resource', fields: { resources: ['https://example.com/terms'] } },
  { what: 'with an expiration-time to come', fields: { expirationTime: iso(3600) } },
  { what: 'with a not-before that has passed', fields: { notBefore: iso(-3600) } },
];
