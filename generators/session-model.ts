/** A model of what an auth server remembers: sessions, their generations of tokens, and what is alive. It knows nothing of HTTP. */

/** What the sources say of a session's life now. `open`: they leave it to the server (after a replay it may have ended the session). */
export type Life = 'alive' | 'ended' | 'open';

/** A token pair as far as its life matters. Times are seconds on the target's clock. */
export interface ModelPair<Pair> {
  readonly value: Pair;
  readonly issuedAt: number;
  /** Seconds; undefined: the target did not say. */
  readonly accessLifetime: number | undefined;
  readonly refreshLifetime: number | undefined;
  /** Its refresh token has been exchanged for the next one. */
  used: boolean;
}

export interface ModelSession<Pair> {
  /** Names the session in a story: "session 2". */
  readonly number: number;
  life: Life;
  /** Token pairs, oldest first; the last one is current. */
  readonly pairs: ModelPair<Pair>[];
}

/** Seconds before its end in which a token may be refused already: latency, and times that were cut to whole seconds. */
const margin = 60;
/** Seconds after its end in which it may still pass: "usually no more than a few minutes" (RFC 7519 4.1.4). */
export const leeway = 360;

export class SessionModel<Pair> {
  readonly sessions: ModelSession<Pair>[] = [];
  /** Whether time was moved since the model began: then what lasts how long matters. */
  #moved = false;
  readonly #now: () => number;

  /** @param now seconds on the target's clock */
  constructor(now: () => number = () => 0) {
    this.#now = now;
  }

  begin(pair: Pair, lifetimes: Lifetimes = {}): ModelSession<Pair> {
    const session: ModelSession<Pair> = { number: this.sessions.length + 1, life: 'alive', pairs: [] };
    this.issue(session, pair, lifetimes);
    this.sessions.push(session);
    return session;
  }

  /** The session has a further pair, which is its current one from now on. */
  issue(session: ModelSession<Pair>, pair: Pair, { access, refresh }: Lifetimes = {}): void {
    session.pairs.push({
      value: pair,
      issuedAt: this.#now(),
      accessLifetime: access,
      refreshLifetime: refresh,
      used: false,
    });
  }

  /** The target may have ended the session: nothing is demanded of it until it is ended for certain. */
  leaveOpen(session: ModelSession<Pair>): void {
    if (session.life === 'alive') session.life = 'open';
  }

  /** The target has shown that a session that was left open is alive. */
  showsLife(session: ModelSession<Pair>): void {
    if (session.life === 'open') session.life = 'alive';
  }

  end(session: ModelSession<Pair>): void {
    session.life = 'ended';
  }

  timeMoved(): void {
    this.#moved = true;
  }

  /** Whether a token of the session is alive: while the session is and the token has not expired. Which of several pairs is asked does matter. */
  lifeOf(session: ModelSession<Pair>, pair: ModelPair<Pair>, kind: 'access' | 'refresh'): Life {
    if (session.life === 'ended') return 'ended';
    const lasts = this.#lasts(pair, kind === 'access' ? pair.accessLifetime : pair.refreshLifetime);
    return lasts === 'alive' ? session.life : lasts;
  }

  /** Whether a session that can be continued is alive: one of which no token works any more may be over (the sources do not say). */
  lifeOfSession(session: ModelSession<Pair>): Life {
    const current = session.pairs.at(-1);
    if (session.life !== 'alive' || current === undefined) return session.life;
    const kinds = [current.accessLifetime, current.refreshLifetime].map((lifetime) => this.#lasts(current, lifetime));
    return kinds.includes('alive') ? 'alive' : 'open';
  }

  #lasts(pair: ModelPair<Pair>, lifetime: number | undefined): Life {
    if (!this.#moved) return 'alive';
    if (lifetime === undefined) return 'open';
    const age = this.#now() - pair.issuedAt;
    if (age <= lifetime - Math.min(margin, lifetime / 20)) return 'alive';
    return age > lifetime + leeway ? 'ended' : 'open';
  }
}

/** Seconds that the tokens of a pair live, as the target said. */
export interface Lifetimes {
  readonly access?: number | undefined;
  readonly refresh?: number | undefined;
}
