/** A model of what an auth server remembers: sessions, their generations of tokens, and what is alive. It knows nothing of HTTP. */

/** What the sources say of a session's life now. `open`: they leave it to the server (after a replay it may have ended the session). */
export type Life = 'alive' | 'ended' | 'open';

export interface ModelSession<Pair> {
  /** Names the session in a story: "session 2". */
  readonly number: number;
  life: Life;
  /** Token pairs, oldest first; the last one is current. */
  readonly pairs: Pair[];
  /** Index of the wallet that signed in; absent for sessions that began with a code. */
  readonly wallet?: number;
}

export class SessionModel<Pair> {
  readonly sessions: ModelSession<Pair>[] = [];

  begin(pair: Pair, wallet?: number): ModelSession<Pair> {
    const session: ModelSession<Pair> = {
      number: this.sessions.length + 1,
      life: 'alive',
      pairs: [pair],
      ...(wallet === undefined ? {} : { wallet }),
    };
    this.sessions.push(session);
    return session;
  }

  /** The session that a generated number points at, among those that `accept` allows. */
  pick(choice: number, accept: (session: ModelSession<Pair>) => boolean = () => true): ModelSession<Pair> | undefined {
    const candidates = this.sessions.filter(accept);
    return candidates[choice % Math.max(1, candidates.length)];
  }

  /** The target may have ended the session: nothing is demanded of it until it is ended for certain. */
  leaveOpen(session: ModelSession<Pair>): void {
    if (session.life === 'alive') session.life = 'open';
  }

  end(session: ModelSession<Pair>): void {
    session.life = 'ended';
  }
}
