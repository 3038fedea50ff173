/** What is wrong with a kill matrix: the rules under which a green one proves that the checks can fail. Pure. */

import type { Matrix } from './types.ts';

export interface Complaint {
  readonly kind:
    | 'survivor'
    | 'blurred'
    | 'seen by a scenario'
    | 'accused'
    | 'no fault'
    | 'cannot fail'
    | 'unreported'
    | 'suite error'
    | 'unknown requirement'
    | 'inconclusive';
  /** The fault, variant, requirement or check. */
  readonly about: string;
  readonly text: string;
}

/** Requirements outside `breaks` that one fault may turn red. */
const blurLimit = 3;

export function complaints(matrix: Matrix): Complaint[] {
  return [...ofFaults(matrix), ...ofVariants(matrix), ...ofCombinations(matrix), ...ofCoverage(matrix)];
}

function ofFaults(matrix: Matrix): Complaint[] {
  const known = new Set(matrix.requirements.map(({ id }) => id));
  const generated = new Set(matrix.checks.filter((check) => check.generated === true).map(({ id }) => id));
  return matrix.faults.flatMap(({ id, breaks, collateral, generatedOnly, result }) => {
    const found: Complaint[] = [];
    const scenarios = generatedOnly === true ? result.redChecks.filter((check) => !generated.has(check)) : [];
    if (scenarios.length > 0)
      found.push({
        kind: 'seen by a scenario',
        about: id,
        text: `${scenarios.join(', ')}: it is not \`generatedOnly\``,
      });
    const unknown = breaks.filter((requirement) => !known.has(requirement));
    if (unknown.length > 0) found.push({ kind: 'unknown requirement', about: id, text: unknown.join(', ') });
    if (!breaks.some((requirement) => result.red.includes(requirement)))
      found.push({
        kind: 'survivor',
        about: id,
        text: `none of ${breaks.join(', ')} reports it; red: ${result.red.join(', ') || 'nothing'}`,
      });
    const outside = result.red.filter((requirement) => !breaks.includes(requirement));
    if (outside.length > blurLimit && collateral !== true)
      found.push({
        kind: 'blurred',
        about: id,
        text: `${outside.length} requirements beside its own: ${outside.join(', ')}`,
      });
    for (const error of result.suiteErrors) found.push({ kind: 'suite error', about: id, text: error });
    return found;
  });
}

function ofVariants(matrix: Matrix): Complaint[] {
  const plain = matrix.plain === undefined ? [] : [{ id: 'the reference itself', result: matrix.plain }];
  const right = [...plain, ...matrix.variants];
  return right.flatMap(({ id, result }) => [
    ...result.failing.map((text): Complaint => ({ kind: 'accused', about: id, text })),
    ...result.suiteErrors.map((text): Complaint => ({ kind: 'suite error', about: id, text })),
    ...result.inconclusive.map((text): Complaint => ({ kind: 'inconclusive', about: id, text })),
  ]);
}

/** A fault must be seen on an unusual server too; what it blurs there is not asked. */
function ofCombinations(matrix: Matrix): Complaint[] {
  return matrix.combined.flatMap(({ fault, variant, breaks, result }): Complaint[] => [
    ...(breaks.some((requirement) => result.red.includes(requirement))
      ? []
      : [
          {
            kind: 'survivor' as const,
            about: `${fault} with ${variant}`,
            text: `none of ${breaks.join(', ')} reports it; red: ${result.red.join(', ') || 'nothing'}`,
          },
        ]),
    ...result.suiteErrors.map((text): Complaint => ({ kind: 'suite error', about: `${fault} with ${variant}`, text })),
  ]);
}

function ofCoverage(matrix: Matrix): Complaint[] {
  const checked = new Set(matrix.checks.flatMap(({ verifies }) => verifies));
  const broken = new Set(matrix.faults.flatMap(({ breaks }) => breaks));
  const withoutFault = matrix.requirements.filter(
    ({ id, level, untested }) => !untested && level !== 'MAY' && checked.has(id) && !broken.has(id),
  );
  return [
    ...withoutFault.map(
      ({ id, level }): Complaint => ({
        kind: 'no fault',
        about: id,
        text: `a ${level} with a check, which no fault breaks`,
      }),
    ),
    ...(matrix.unreported ?? []).map(
      (id): Complaint => ({ kind: 'unreported', about: id, text: 'no fault that breaks it makes anything report it' }),
    ),
    ...(matrix.unproved ?? []).map(
      (id): Complaint => ({
        kind: 'cannot fail',
        about: id,
        text: 'no fault of what it verifies makes this check fail',
      }),
    ),
  ];
}
