/** Histories of sessions as data: who begins them, what is done with them, and every shorter history of the same kind. */

export type TokenKind = 'access_token' | 'refresh_token';

/** As long as a part of a token's life, or a little longer than all of it. */
export type Time =
  | 'half its access token'
  | 'its access token'
  | 'a fifth of its refresh token'
  | 'half its refresh token'
  | 'its refresh token';

/** How a session begins. Numbers point into what the target offers. */
export interface Owner {
  readonly client: number;
  readonly via: 'code' | 'sign-in';
  readonly wallet: number;
}

/** What is done with the session of an owner, which begins when it is first named. */
export type Step = { readonly of: number } & (
  | { readonly do: 'begin' }
  | { readonly do: 'continue'; readonly by: 'its own wallet' | 'another wallet' | 'another client' }
  | { readonly do: 'refresh'; readonly scope: 'as granted' | 'less' | 'more' }
  | { readonly do: 'refresh again'; readonly back: number }
  | { readonly do: 'refresh as another client' }
  | { readonly do: 'redeem its code again' }
  | {
      readonly do: 'revoke';
      readonly token: TokenKind;
      readonly hint?: TokenKind | undefined;
      /** Pairs before the current one. */
      readonly back: number;
      readonly by: 'its own client' | 'another client';
    }
  | { readonly do: 'hand off' }
  | { readonly do: 'redeem a code late' }
  | { readonly do: 'try access'; readonly back: number }
  | { readonly do: 'let time pass'; readonly until: Time }
);

export interface History {
  readonly owners: readonly Owner[];
  readonly steps: readonly Step[];
}

/** What the target and its configuration allow. */
export interface Possibilities {
  readonly clients: readonly {
    /** Cases of the same client differ in how it authenticates alone. */
    readonly id: string;
    readonly canSignIn: boolean;
    readonly canTryAccess: boolean;
    readonly canHandOff: boolean;
    /** Another client is configured. */
    readonly hasOther: boolean;
  }[];
  readonly codes: boolean;
  readonly revocation: boolean;
  readonly scopes: boolean;
  /** Time can be moved, and this history is about it. */
  readonly clock: boolean;
}

interface Told {
  begun: boolean;
  refreshes: number;
  pairs: number;
}

/** Whether a step can be taken after these: what was never there cannot be used again. */
function applies(step: Step, owner: Owner, { begun, refreshes, pairs }: Told, possible: Possibilities): boolean {
  const client = possible.clients[owner.client];
  if (client === undefined) return false;
  switch (step.do) {
    case 'begin':
      return !begun;
    case 'continue':
      return owner.via === 'sign-in' && (step.by !== 'another client' || client.hasOther);
    case 'refresh again':
      return refreshes > step.back;
    case 'refresh as another client':
      return client.hasOther;
    case 'redeem its code again':
      return begun && owner.via === 'code';
    case 'revoke':
      return possible.revocation && pairs > step.back && (step.by === 'its own client' || client.hasOther);
    case 'hand off':
      return client.canHandOff;
    case 'try access':
      return client.canTryAccess && pairs > step.back;
    case 'refresh':
      return true;
    case 'let time pass':
      return begun && possible.clock;
    case 'redeem a code late':
      return possible.codes && possible.clock;
  }
}

/** The history without the steps that cannot be taken. */
export function validHistory({ owners, steps }: History, possible: Possibilities): History {
  const told: Told[] = owners.map(() => ({ begun: false, refreshes: 0, pairs: 1 }));
  const kept = steps.filter((step) => {
    const owner = owners[step.of];
    const state = told[step.of];
    if (owner === undefined || state === undefined || !applies(step, owner, state, possible)) return false;
    state.begun = true;
    if (step.do === 'refresh') state.refreshes += 1;
    if (step.do === 'refresh' || (step.do === 'continue' && step.by === 'its own wallet')) state.pairs += 1;
    return true;
  });
  return { owners, steps: kept };
}

/** The same step with one thing plainer. */
function plainerSteps(step: Step): Step[] {
  const plainer: Step[] = [];
  if (step.of > 0) plainer.push({ ...step, of: 0 });
  if ('back' in step && step.back > 0) plainer.push({ ...step, back: step.back - 1 });
  if (step.do === 'revoke' && step.hint !== undefined) plainer.push({ ...step, hint: undefined });
  if (step.do === 'refresh' && step.scope !== 'as granted') plainer.push({ ...step, scope: 'as granted' });
  return plainer;
}

function plainerOwners(owner: Owner): Owner[] {
  return [
    ...(owner.client > 0 ? [{ ...owner, client: 0 }] : []),
    ...(owner.wallet > 0 ? [{ ...owner, wallet: 0 }] : []),
  ];
}

const without = (history: History, from: number, to: number): History => ({
  ...history,
  steps: [...history.steps.slice(0, from), ...history.steps.slice(to)],
});

/** Shorter and plainer histories, the most that can go at once first. A failure needs its last step: what follows it goes in halves. */
export function* plainer(history: History): Generator<History> {
  const { owners, steps } = history;
  for (const part of [1 / 2, 3 / 4, 7 / 8]) {
    const length = Math.floor(steps.length * part);
    if (length > 0 && length < steps.length) yield without(history, length, steps.length);
  }
  for (let at = steps.length - 1; at >= 0; at -= 1) yield without(history, at, at + 1);
  for (const [at, step] of steps.entries())
    for (const simple of plainerSteps(step)) yield { owners, steps: steps.with(at, simple) };
  for (const [at, owner] of owners.entries())
    if (steps.some(({ of }) => of === at))
      for (const simple of plainerOwners(owner)) yield { owners: owners.with(at, simple), steps };
}

export const written = ({ owners, steps }: History): string =>
  JSON.stringify({ owners: owners.map((owner, at) => (steps.some(({ of }) => of === at) ? owner : null)), steps });
