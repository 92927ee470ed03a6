/** `npm run generate`: writes `src/generated/` from the schema. */
import { writeFileSync } from 'node:fs';
import { generated } from './generated.js';

for (const [file, text] of Object.entries(await generated())) writeFileSync(file, text);
