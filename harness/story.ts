/** Which of a check's exchanges belong to the failure it found, and what they did, so that a report tells them and no others. */

/** One step in words, and the exchanges that it made: from, up to and without. */
export interface StoryStep {
  readonly words: string;
  readonly from: number;
  readonly to: number;
}

export class Story {
  readonly #recorded: () => number;
  #steps: { words: string; from: number }[] = [];
  #from: number | undefined;
  #kept: { readonly path?: string; readonly steps: readonly StoryStep[] } | undefined;

  readonly #begins: () => void;

  /** @param recorded how many exchanges the check has made so far @param begins told of each beginning */
  constructor(recorded: () => number, begins: () => void) {
    this.#recorded = recorded;
    this.#begins = begins;
  }

  /** What came before does not matter to what comes now: another generated input, another round. */
  begin(): void {
    this.#steps = [];
    this.#from = this.#recorded();
    this.#begins();
  }

  step(words: string): void {
    this.#from ??= this.#recorded();
    this.#steps.push({ words, from: this.#recorded() });
  }

  /** Keeps the story so far as that of the failure. */
  keep(): void {
    this.#kept = { steps: this.#told() };
  }

  /** @param path where fast-check finds the input of the failure again */
  found(path: string | undefined): void {
    if (this.#kept !== undefined && path !== undefined) this.#kept = { ...this.#kept, path };
  }

  /** The story of the failure: as it was kept, else what was told last; undefined where nothing was told. */
  get told(): { readonly path?: string; readonly steps: readonly StoryStep[] } | undefined {
    if (this.#kept !== undefined) return this.#kept;
    return this.#from === undefined ? undefined : { steps: this.#told() };
  }

  /** The steps, numbered: "1. begin session 1 of wl-public (none) with a code; 2. refresh session 1". */
  inWords(): string {
    return (this.told?.steps ?? []).map(({ words }, index) => `${index + 1}. ${words}`).join('; ');
  }

  /** Exchanges before the first step in words are a step without. */
  #told(): StoryStep[] {
    const end = this.#recorded();
    const first = this.#steps[0]?.from ?? end;
    const from = this.#from ?? end;
    const steps = first > from ? [{ words: '', from }, ...this.#steps] : this.#steps;
    return steps.map((step, index) => ({ ...step, to: steps[index + 1]?.from ?? end }));
  }
}
