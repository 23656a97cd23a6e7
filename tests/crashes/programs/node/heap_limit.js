// Keeps every request it ever saw.
const kept = [];
for (;;) kept.push({ body: "x".repeat(10), tags: new Array(100).fill(kept.length) });
