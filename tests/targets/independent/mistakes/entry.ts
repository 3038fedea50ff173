import type { VariantId } from '../lawful.ts';

/** What a mistake needs beyond its title: a softer level, or lawful variants under which alone it can be seen. */
export interface MistakeOptions {
  readonly level?: 'SHOULD';
  readonly with?: readonly VariantId[];
  /** Why the suite is not expected to find it. */
  readonly left?: string;
}

/** One row of the tables of mistakes: what the server gets wrong, and which rule of which document that breaks. */
export type MistakeRow = readonly [title: string, breaks: string, options?: MistakeOptions];
