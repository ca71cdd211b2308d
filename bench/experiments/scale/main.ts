// node bench/experiments/scale/main.ts: computes what ten million objects cost from what was measured on one; writes
// the tables of docs/scale.md.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT } from '../../support/posterframe.ts'
import { renderTables } from './tables.ts'

const { values: options } = parseArgs({
  options: {
    objects: { type: 'string', default: '10000000' },
    page: { type: 'string', default: join(ROOT, 'docs/scale.md') }
  }
})
// The tables replace everything after this heading.
const HEADING = '## Tables\n'
const [text = ''] = (await readFile(options.page, 'utf8')).split(HEADING)
await writeFile(options.page, `${text}${HEADING}\n${renderTables(Number(options.objects))}\n`)
