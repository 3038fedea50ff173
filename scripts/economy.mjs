// Prices the checks and writes specs/economy.json.
const { writeEconomy } = await import('../dist/cli/economy.js');
const { gate, limitedFull, priced } = await writeEconomy();
console.log(
  `gate: ${gate.length} checks, ${JSON.stringify(priced.gate)}; limited full: ${limitedFull.length} checks, ${JSON.stringify(priced.limitedFull)}`,
);
