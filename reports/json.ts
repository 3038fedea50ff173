/** `report.json`: the report as it is; its form is `specs/schemas/report.schema.json`. */

import type { Report } from '../specs/report.ts';

export function renderJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
