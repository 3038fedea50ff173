/** The three requests of /token and /revoke that a client authenticates, right in all but that, and what their refusals look like. */

import type { Control } from '../../harness/check.ts';
import type { FormRequest } from '../../harness/client.ts';
import type { CaseId, ClientCase } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import { codeExchange, refresh, revocation } from '../../harness/controls.ts';
import type { Exchange } from '../../harness/exchange.ts';
import type { Session } from '../../harness/fixtures.ts';
import { type Grant, onOneGrant } from '../../harness/one-grant.ts';

type Variation = FormRequest;

/** What a request is about: a code, or a session. */
interface DoorGrant extends Grant {
  readonly params: Readonly<Record<string, string>>;
}

/** A right request of one kind, but for its client authentication. */
export interface Door {
  readonly id: 'code' | 'refresh' | 'revoke';
  readonly control: (id: CaseId) => Control;
  readonly operation: 'token' | 'revoke';
  readonly grant: (t: CheckContext, owner: ClientCase) => Promise<DoorGrant>;
}

/** Where requests are few, one session that all refused revocations are about. Nothing else looks at it: a target that ends it is not blamed twice. */
async function victim(t: CheckContext, owner: ClientCase): Promise<Session> {
  const begun = await t.control({
    id: `control/revocation-victim/${owner.key}`,
    title: `A session that is to outlive refused revocations (${owner.key} client)`,
    needs: ['session source'],
    run: async (own) => (await own.endingSession(owner)).exchange,
  });
  return t.sessionOf(begun, owner);
}

export const doors: readonly Door[] = [
  {
    id: 'code',
    control: codeExchange,
    operation: 'token',
    async grant(t, owner) {
      const code = await t.code(owner);
      return { params: t.exchangeParams(code), lives: async () => (await t.exchangeCode(owner, code)).ok };
    },
  },
  {
    id: 'refresh',
    control: refresh,
    operation: 'token',
    async grant(t, owner) {
      const session = await t.session(owner);
      return {
        params: { grant_type: 'refresh_token', refresh_token: t.refreshTokenOf(session) },
        lives: async () => (await t.refresh(session)).ok,
      };
    },
  },
  {
    id: 'revoke',
    control: revocation,
    operation: 'revoke',
    async grant(t, owner) {
      const session = t.frugal ? await victim(t, owner) : await t.session(owner);
      return {
        params: { token: session.refreshToken ?? session.accessToken },
        lives: async () =>
          (session.refreshToken === undefined
            ? await t.tryAccessToken(session.accessToken, owner)
            : await t.refresh(session)
          ).ok,
      };
    },
  },
];

const merge = (own: Readonly<Record<string, string>>, more: Variation['params']): [string, string][] => [
  ...Object.entries(own),
  ...(Array.isArray(more) ? (more as [string, string][]) : Object.entries((more ?? {}) as Record<string, string>)),
];

const submit = (t: CheckContext, door: Door, { params }: DoorGrant, variation: Variation): Promise<Exchange> =>
  t.client[door.operation]({ ...variation, params: merge(params, variation.params) });

/** Sends a fresh right request of this client with another authentication. */
export async function send(t: CheckContext, door: Door, owner: ClientCase, variation: Variation): Promise<Exchange> {
  return submit(t, door, await door.grant(t, owner), variation);
}

/** Sends one after the other, all about one grant; `judge` throws where one was not refused. */
export async function sendEach<T>(
  t: CheckContext,
  door: Door,
  owner: ClientCase,
  attempts: readonly T[],
  variation: (attempt: T) => Variation,
  judge: (exchange: Exchange, attempt: T) => void,
): Promise<void> {
  await onOneGrant(
    attempts,
    () => door.grant(t, owner),
    async (attempt, grant) => judge(await submit(t, door, grant, variation(attempt)), attempt),
  );
}

/** The case of a client that has a secret. @throws Skip: a third-party client may be public */
export function withSecret(t: CheckContext, id: CaseId): ClientCase {
  const found = t.case(id);
  if (found.client.secret === undefined) t.skip(`The ${id} client has no secret.`);
  return found;
}

export const failed = { error: ['invalid_client'], errorRequirement: 'errors/invalid-client' } as const;
export const loose = {
  status: [400, 401],
  error: ['invalid_client', 'invalid_request', 'unauthorized_client'],
  errorRequirement: 'errors/invalid-client',
} as const;
