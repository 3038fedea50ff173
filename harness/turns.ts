/** Who may go on beside others, and who must be alone: readers and a writer, in the order of asking. */

export class Turns {
  #beside = 0;
  #alone = false;
  readonly #waiting: { readonly alone: boolean; readonly go: () => void }[] = [];

  /** Runs an action beside others of its kind, and never beside one that is alone. */
  beside<T>(action: () => Promise<T>): Promise<T> {
    return this.#turn(false, action);
  }

  /** Runs an action when nothing else goes on. Never inside of another action: it would wait for itself. */
  alone<T>(action: () => Promise<T>): Promise<T> {
    return this.#turn(true, action);
  }

  async #turn<T>(alone: boolean, action: () => Promise<T>): Promise<T> {
    await new Promise<void>((go) => {
      this.#waiting.push({ alone, go });
      this.#next();
    });
    try {
      return await action();
    } finally {
      if (alone) this.#alone = false;
      else this.#beside -= 1;
      this.#next();
    }
  }

  #next(): void {
    for (let [first] = this.#waiting; first !== undefined; [first] = this.#waiting) {
      if (this.#alone || (first.alone && this.#beside > 0)) return;
      this.#waiting.shift();
      if (first.alone) this.#alone = true;
      else this.#beside += 1;
      first.go();
    }
  }
}
