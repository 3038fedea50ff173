import type { MistakeId } from '../mistakes.ts';
import type { Probe } from './probe.ts';

/** Probes that are made for one mistake each. */
export type OwnProbes = Partial<Record<MistakeId, Probe>>;
