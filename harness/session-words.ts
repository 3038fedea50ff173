/** The sessions of a history as it is taken on a target, and the words in which a failure tells its steps. */

import type { Possibilities, Step } from '../generators/session-history.ts';
import type { ModelPair, ModelSession } from '../generators/session-model.ts';
import type { Wallet } from '../generators/wallet.ts';
import { availableCases, type ClientCase } from './client-cases.ts';
import type { AuthorizationCode } from './code-sources/index.ts';
import type { CheckContext } from './context.ts';
import type { Exchange } from './exchange.ts';
import type { Session } from './fixtures.ts';
import { hasCodeSource } from './needs.ts';

/** What this target allows histories to do. */
export function possibilities(t: CheckContext, clock: boolean): Possibilities {
  const { operations, authorizationCode, scope } = t.config;
  const cases = availableCases(t.config);
  const codes = hasCodeSource(t.config) && authorizationCode?.source !== 'static';
  return {
    clients: cases.map((one) => {
      const whitelabel = one.client.role === 'whitelabel-customer';
      return {
        id: one.client.id,
        canSignIn: whitelabel && operations.authenticate !== false,
        canTryAccess: t.canTryAccessToken(one),
        canHandOff: whitelabel && operations.handoffInit !== false,
        hasOther: cases.some(({ client }) => client.id !== one.client.id),
      };
    }),
    codes,
    revocation: operations.revoke !== false,
    scopes: scope.split(' ').filter((name) => name !== '').length > 1,
    clock,
  };
}

/** A session of the history and what is needed to use it. */
export interface Running {
  readonly model: ModelSession<Session>;
  readonly client: ClientCase;
  readonly wallet: Wallet | undefined;
  readonly sessionId: string | undefined;
  readonly code: AuthorizationCode | undefined;
  /** As granted first; undefined when the target does not say. */
  readonly scope: readonly string[] | undefined;
}

/** What an answer shows to be wrong, and what it breaks where that is not what is alive. */
export interface Wrong {
  readonly message: string;
  readonly requirement?: string;
}
export type Judgement = Wrong | undefined;

export const names = (scope: unknown): string[] =>
  typeof scope === 'string' ? scope.split(' ').filter((name) => name !== '') : [];
export const at = ({ request, summary }: Exchange): string => `${request.operation} answered ${summary}`;
export const current = (session: Running): ModelPair<Session> => session.model.pairs.at(-1) as ModelPair<Session>;
export const before = (session: Running, back: number): ModelPair<Session> | undefined =>
  session.model.pairs.at(-1 - back);
export const told = (session: Running): string => `session ${session.model.number}`;

const pairWords = (back: number): string =>
  back === 0 ? 'the current' : back === 1 ? 'the previous' : `the ${back === 2 ? 'second' : 'third'} last`;

/** "revoke session 1 by the current access_token with the hint refresh_token". */
export function words(step: Step, session: Running): string {
  const it = told(session);
  switch (step.do) {
    case 'begin':
      return `begin ${it}`;
    case 'continue':
      return `continue ${it} with ${step.by}`;
    case 'refresh':
      return `refresh ${it}${step.scope === 'as granted' ? '' : `, asking for ${step.scope} scope`}`;
    case 'refresh again':
      return `use a used refresh token of ${it} again${step.back === 0 ? '' : `, ${step.back} older than the last`}`;
    case 'refresh as another client':
      return `use the refresh token of ${it} as another client`;
    case 'redeem its code again':
      return `redeem the code of ${it} again`;
    case 'revoke':
      return `revoke ${it} by ${pairWords(step.back)} ${step.token}${step.hint === undefined ? '' : ` with the hint ${step.hint}`}${step.by === 'another client' ? ' as another client' : ''}`;
    case 'hand off':
      return `hand off ${it}`;
    case 'try access':
      return `try ${pairWords(step.back)} access token of ${it}`;
    case 'let time pass':
      return `let time pass: ${step.until} of ${it}`;
    case 'redeem a code late':
      return `get another code for the client of ${it}, and redeem it after an hour`;
  }
}
