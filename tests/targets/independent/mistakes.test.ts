import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Driver } from './driver.ts';
import { mistakes } from './mistakes.ts';
import { authenticateProbes } from './probes/authenticate.ts';
import { clientProbes } from './probes/client.ts';
import { codeProbes } from './probes/code.ts';
import { handoffProbes } from './probes/handoff.ts';
import type { OwnProbes } from './probes/own.ts';
import { ownAuthenticateProbes } from './probes/own-authenticate.ts';
import { ownBindingProbes } from './probes/own-binding.ts';
import { ownClientProbes } from './probes/own-client.ts';
import { ownCrossingProbes } from './probes/own-crossing.ts';
import { ownEdgeProbes } from './probes/own-edges.ts';
import { ownForgottenProbes } from './probes/own-forgotten.ts';
import { ownFrameworkProbes } from './probes/own-frameworks.ts';
import { ownGrantProbes } from './probes/own-grants.ts';
import { ownHandingOverProbes } from './probes/own-handing-over.ts';
import { ownHandoffProbes } from './probes/own-handoff.ts';
import { ownKeyProbes } from './probes/own-keys.ts';
import { ownLaterProbes } from './probes/own-later.ts';
import { ownMemoryProbes } from './probes/own-memory.ts';
import { ownMessageProbes } from './probes/own-messages.ts';
import { ownReadingProbes } from './probes/own-reading.ts';
import { ownRecordProbes } from './probes/own-records.ts';
import { ownStoreProbes } from './probes/own-stores.ts';
import { ownTogetherProbes } from './probes/own-together.ts';
import { ownWireProbes } from './probes/own-wire.ts';
import type { Probe } from './probes/probe.ts';
import { refreshProbes } from './probes/refresh.ts';
import { revokeProbes } from './probes/revoke.ts';
import { tokenProbes } from './probes/token.ts';
import { startIndependent } from './server.ts';

const PROBES: Record<string, Record<string, Probe>> = {
  client: clientProbes,
  code: codeProbes,
  redirect: codeProbes,
  pkce: codeProbes,
  grant: tokenProbes,
  form: tokenProbes,
  answer: tokenProbes,
  errors: tokenProbes,
  access: tokenProbes,
  refresh: refreshProbes,
  revoke: revokeProbes,
  siwe: authenticateProbes,
  authenticate: authenticateProbes,
  session: authenticateProbes,
  handoff: handoffProbes,
  scopes: handoffProbes,
};

/** Where the probes of a topic see nothing, one that was made for the mistake. */
const OWN: OwnProbes = {
  ...ownClientProbes,
  ...ownGrantProbes,
  ...ownAuthenticateProbes,
  ...ownHandoffProbes,
  ...ownMemoryProbes,
  ...ownBindingProbes,
  ...ownReadingProbes,
  ...ownMessageProbes,
  ...ownHandingOverProbes,
  ...ownCrossingProbes,
  ...ownTogetherProbes,
  ...ownRecordProbes,
  ...ownWireProbes,
  ...ownKeyProbes,
  ...ownEdgeProbes,
  ...ownFrameworkProbes,
  ...ownStoreProbes,
  ...ownForgottenProbes,
  ...ownLaterProbes,
};

const topicOf = (id: string) => id.split('/')[0] ?? '';

/** What the probes of a topic see on a server with these mistakes and variants; ends early at the first difference. */
async function observe(
  probes: Record<string, Probe>,
  options: Parameters<typeof startIndependent>[0],
  right?: Map<string, string>,
) {
  const server = await startIndependent(options);
  const seen = new Map<string, string>();
  try {
    for (const [name, probe] of Object.entries(probes)) {
      let outcome: string;
      try {
        outcome = JSON.stringify(await probe(new Driver(server.config), server.config.clients));
      } catch (error) {
        outcome = `thrown: ${String(error)}`;
      }
      seen.set(name, outcome);
      if (right !== undefined && right.get(name) !== outcome) break;
    }
  } finally {
    await server.close();
  }
  return seen;
}

const keyOf = (topic: string, variants: readonly string[]) => `${topic} ${variants.join(' ')}`;
const rights = new Map<string, Map<string, string>>();

describe('every mistake can be seen from outside', () => {
  beforeAll(async () => {
    for (const mistake of mistakes) {
      const key = keyOf(topicOf(mistake.id), mistake.with);
      if (rights.has(key)) continue;
      rights.set(key, await observe(PROBES[topicOf(mistake.id)] ?? {}, { variants: mistake.with }));
    }
  });
  afterAll(() => rights.clear());

  it.each(Object.keys(PROBES))('%s: the right server answers the same twice', async (topic) => {
    expect(await observe(PROBES[topic] ?? {}, {})).toEqual(rights.get(keyOf(topic, [])));
  });

  it.each(mistakes.map(({ id }) => id))('%s', async (id) => {
    const mistake = mistakes.find((each) => each.id === id);
    const own = OWN[id];
    const probes = own === undefined ? (PROBES[topicOf(id)] ?? {}) : { [id]: own };
    const right =
      own === undefined
        ? rights.get(keyOf(topicOf(id), mistake?.with ?? []))
        : await observe(probes, { variants: mistake?.with ?? [] });
    let differs = false;
    // A race may be lost by chance; whatever else there is shows at once.
    const attempts = id.includes('race') ? 5 : 1;
    for (let attempt = 1; attempt <= attempts && !differs; attempt += 1) {
      const seen = await observe(probes, { mistakes: [id] }, right);
      differs = [...seen].some(([name, outcome]) => right?.get(name) !== outcome);
    }
    expect(differs).toBe(true);
  });
});
