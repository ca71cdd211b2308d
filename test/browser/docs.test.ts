import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { buildContractedApp } from '../support/contracted-app.ts'
import { NO_SECURITY } from '../../src/http/services.ts'

const run = promisify(execFile)
const isThere = await run('chromium', ['--version']).then(
  () => true,
  () => false
)

t.test(
  'a browser shows the contract at /docs, whose policy blocks nothing that it needs',
  { skip: isThere ? false : 'needs chromium' },
  async (t) => {
    const { listen } = await buildContractedApp(t, {}, { security: NO_SECURITY })
    const base = await listen()
    const { stdout, stderr } = await run(
      'chromium',
      [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        `--user-data-dir=${t.testdir()}`,
        '--enable-logging=stderr',
        '--virtual-time-budget=20000',
        '--dump-dom',
        `${base}/docs`
      ],
      { maxBuffer: 64 * 1024 * 1024 }
    )
    for (const text of ['makeThumbnail', 'redirectToThumbnail', 'Authorize']) t.match(stdout, text)
    t.notMatch(stderr, /Content Security Policy|Refused to/)
  }
)
