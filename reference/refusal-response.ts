/** The form of a refusal on the wire. */

import type { Reference } from './context.ts';
import { jsonResponse } from './json-response.ts';
import type { Refusal } from './model.ts';
import type { ErrorOperation } from './policy/errors.ts';

export function refusalResponse(reference: Reference, operation: ErrorOperation, refusal: Refusal): Response {
  const { errors } = reference.policy;
  const status = errors.status(operation, refusal.code, refusal.status);
  const code = errors.code(operation, refusal.code);
  return jsonResponse(errors.body(operation, code, refusal.message, status), {
    status,
    headers: { ...errors.headers(operation), ...refusal.headers },
  });
}
