import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { Client } from '../config.ts';
import { type Driver, newWallet, type SiweChanges } from '../driver.ts';
import { alive, type Probe, shape } from './probe.ts';

/** A token pair with its session_id. */
export type Pair = Record<string, unknown>;

/** A wallet that signed in with a client, and continues, refreshes and revokes what it has. */
export class User {
  readonly driver: Driver;
  readonly client: Client;
  readonly wallet;
  constructor(driver: Driver, client: Client, wallet = newWallet()) {
    this.driver = driver;
    this.client = client;
    this.wallet = wallet;
  }
  async enter(more: Pair = {}, changes: SiweChanges = {}): Promise<Pair> {
    return (await this.driver.signIn(this.client, this.wallet, changes, more)).json;
  }
  /** Continues a session, and shows the answer. */
  async tries({ session_id }: Pair, client = this.client): Promise<string> {
    return shape(await this.driver.signIn(client, this.wallet, {}, { session_id }));
  }
  continues({ session_id }: Pair): Promise<Pair> {
    return this.enter({ session_id });
  }
  async refreshes({ refresh_token }: Pair): Promise<Pair> {
    return (await this.driver.refresh(this.client, refresh_token)).json;
  }
  async revokes(token: unknown): Promise<void> {
    await this.driver.revoke(this.client, { token: String(token) });
  }
  alive(pair: Pair): Promise<string> {
    return alive(this.driver, this.client, pair);
  }
}

/** A probe of one wallet with the public client. */
export const withUser =
  (tell: (user: User, driver: Driver) => Promise<unknown>): Probe =>
  (driver, { public: open }) =>
    tell(new User(driver, open), driver);

/** Whether an access token is signed with RS256 by a published key. */
export async function verifies(driver: Driver, pair: Pair): Promise<boolean> {
  const keys = createRemoteJWKSet(new URL(driver.config.jwksUri ?? ''));
  return await jwtVerify(String(pair.access_token), keys, { algorithms: ['RS256'] }).then(
    () => true,
    () => false,
  );
}
