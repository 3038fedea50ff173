// Writes the generated pages of docs/, or with --check says which are stale.
const { stalePages, writePages } = await import('../dist/cli/docs.js');
if (process.argv.includes('--check')) {
  const stale = await stalePages();
  if (stale.length > 0) {
    console.error(`Not current: ${stale.join(', ')}; run \`npm run docs\`.`);
    process.exit(1);
  }
} else await writePages();
