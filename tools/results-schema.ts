import { writeFileSync } from 'node:fs';
import { resultsJsonSchema } from '../src/report/index.ts';

// Writes docs/results.schema.json, the JSON Schema of a report's results.json.
const path = new URL('../docs/results.schema.json', import.meta.url);
writeFileSync(path, `${JSON.stringify(resultsJsonSchema(), null, 2)}\n`);
