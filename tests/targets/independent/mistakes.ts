import type { VariantId } from './lawful.ts';
import { authenticateMistakes } from './mistakes/authenticate.ts';
import { bindingMistakes } from './mistakes/binding.ts';
import { clientMistakes } from './mistakes/client.ts';
import { codeMistakes } from './mistakes/code.ts';
import { comparisonMistakes } from './mistakes/comparison.ts';
import { crossingMistakes } from './mistakes/crossing.ts';
import { edgeMistakes } from './mistakes/edges.ts';
import { effectMistakes } from './mistakes/effects.ts';
import type { MistakeRow } from './mistakes/entry.ts';
import { forgottenMistakes } from './mistakes/forgotten.ts';
import { frameworkMistakes } from './mistakes/frameworks.ts';
import { handingOverMistakes } from './mistakes/handing-over.ts';
import { handoffMistakes } from './mistakes/handoff.ts';
import { keyMistakes } from './mistakes/keys.ts';
import { laterMistakes } from './mistakes/later.ts';
import { memoryMistakes } from './mistakes/memory.ts';
import { messageMistakes } from './mistakes/messages.ts';
import { partialMistakes } from './mistakes/partial.ts';
import { readingMistakes } from './mistakes/reading.ts';
import { recordMistakes } from './mistakes/records.ts';
import { refreshMistakes } from './mistakes/refresh.ts';
import { revokeMistakes } from './mistakes/revoke.ts';
import { storeMistakes } from './mistakes/stores.ts';
import { togetherMistakes } from './mistakes/together.ts';
import { tokenMistakes } from './mistakes/token.ts';
import { wireMistakes } from './mistakes/wire.ts';
import { writingMistakes } from './mistakes/writing.ts';

const rows = {
  ...clientMistakes,
  ...codeMistakes,
  ...tokenMistakes,
  ...refreshMistakes,
  ...revokeMistakes,
  ...authenticateMistakes,
  ...handoffMistakes,
  ...comparisonMistakes,
  ...partialMistakes,
  ...effectMistakes,
  ...writingMistakes,
  ...memoryMistakes,
  ...bindingMistakes,
  ...readingMistakes,
  ...messageMistakes,
  ...handingOverMistakes,
  ...crossingMistakes,
  ...togetherMistakes,
  ...recordMistakes,
  ...wireMistakes,
  ...keyMistakes,
  ...edgeMistakes,
  ...frameworkMistakes,
  ...storeMistakes,
  ...forgottenMistakes,
  ...laterMistakes,
};

/** Id of a mistake, as it is given to `startIndependent`. */
export type MistakeId = keyof typeof rows;

/** One mistake that real servers make. */
export interface Mistake {
  readonly id: MistakeId;
  readonly title: string;
  /** The rule that is broken, in free words with the document. */
  readonly breaks: string;
  readonly level: 'MUST' | 'SHOULD';
  /** Lawful variants that are switched on with it, without which it could not be seen. */
  readonly with: readonly VariantId[];
  /** Why the suite is not expected to find it; absent: it is. */
  readonly left?: string;
}

/** Whether a text is the id of a mistake. */
export function isMistakeId(text: string): text is MistakeId {
  return Object.hasOwn(rows, text);
}

function describe(id: MistakeId): Mistake {
  const [title, breaks, options]: MistakeRow = rows[id];
  const { level = 'MUST', with: needed = [], left } = options ?? {};
  return { id, title, breaks, level, with: needed, ...(left === undefined ? {} : { left }) };
}

/** Every mistake that this server can make. */
export const mistakes: readonly Mistake[] = Object.keys(rows).filter(isMistakeId).map(describe);
