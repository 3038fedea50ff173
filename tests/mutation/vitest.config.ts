import { defineConfig } from 'vitest/config';

/** The unit tests of the judging code, those that need no server: each runs once for every mutant that it reaches. */
const judging =
  'judge,judge-report,expect,outcomes,server-error,tolerance,property,property-runs,planner,planner-gate,planner-order,observer-panel,*-observers';

export default defineConfig({ test: { include: [`tests/harness/{${judging}}.test.ts`] } });
