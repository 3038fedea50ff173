/** Exit statuses (contract, "Exit status") and the one error that ends a command with a sentence instead of a stack. */

export const exitStatuses = {
  conformant: 0,
  nonConformant: 1,
  usage: 2,
  inconclusive: 3,
  suiteFault: 70,
  interrupted: 130,
} as const;

/** Wrong usage or configuration: the message names the thing and the way out. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
