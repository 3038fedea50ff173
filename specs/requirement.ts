/** The vocabulary of the requirement catalogue. Rows live in `specs/requirements/*.yaml`. */

/** RFC 2119 keyword of the source's own sentence; a statement of fact without keyword ("the response is ...") counts as MUST. */
export type Level = 'MUST' | 'MUST NOT' | 'SHOULD' | 'SHOULD NOT' | 'MAY';

/** The five operations of the contract, and `any` for what holds for every one of them. */
export type Operation = 'authenticate' | 'token' | 'revoke' | 'handoff/init' | 'scopes' | 'any';

export const operations = ['authenticate', 'token', 'revoke', 'handoff/init', 'scopes'] as const;

/** Where a requirement comes from: a document ("RFC 6749"), its section ("4.1.3"; "" for a whole page) and a link to it. */
export interface Source {
  readonly document: string;
  readonly section: string;
  readonly url: string;
}

/** What an attacker does, or a client suffers, where a requirement is broken (RFC 6819, RFC 9700, or the API's own). */
export interface Attack {
  readonly id: string;
  readonly title: string;
  readonly source?: Source;
}

export interface Requirement {
  /** Stable readable path such as `token/code-single-use`. */
  readonly id: string;
  readonly operation: Operation;
  readonly level: Level;
  /** The requirement in our own words, one sentence. */
  readonly statement: string;
  readonly source: Source;
  /** Further clauses that say the same. */
  readonly alsoIn?: readonly Source[];
  /** The condition under which it applies; absent: always. */
  readonly appliesWhen?: string;
  /** What an attacker or a client gains or loses when it is broken. */
  readonly rationale: string;
  /** What an implementer changes to satisfy it. */
  readonly fix: string;
  /** Ids of `specs/attacks.yaml`. */
  readonly attacks?: readonly string[];
  /** Why no check observes it; a row has either checks or this. */
  readonly untested?: string;
}

/** Whether breaking a requirement of this level fails a run (`MUST`), warns (`SHOULD`) or only informs (`MAY`). */
export function consequence(level: Level): 'fail' | 'warn' | 'info' {
  if (level === 'MUST' || level === 'MUST NOT') return 'fail';
  return level === 'MAY' ? 'info' : 'warn';
}
