import type { Report } from '../specs/report.ts';
export function terminalReport(report: Report, _o: object): string {
  return `${report.checks
    .filter((c) => c.outcome !== 'pass' && c.outcome !== 'skip')
    .map((c) => `${c.outcome} ${c.id}: ${c.message}`)
    .join('\n')}\n${JSON.stringify(report.summary)} ${report.verdict}: ${report.verdictReason}\n`;
}
