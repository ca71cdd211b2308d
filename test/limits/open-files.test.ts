import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { readOpenFileLimit } from '../../src/limits/open-files.ts'

t.test('reads the limit of open files that the process was started with', async (t) => {
  const script = "import('./src/limits/open-files.ts').then(({ readOpenFileLimit: read }) => console.log(read()))"
  const { stdout } = await promisify(execFile)('/bin/sh', [
    '-c',
    'ulimit -n 300 && exec "$@"',
    'sh',
    process.execPath,
    '-e',
    script
  ])
  t.equal(stdout.trim(), '300')
  t.type(readOpenFileLimit(), 'number')
})
