import { readdir } from 'node:fs/promises'
import t from 'tap'
import { NO_ISOLATION } from '../../../src/sandbox/isolation.ts'
import { chooseDecoder } from '../../../src/video/decode/choose-decoder.ts'
import { NO_LIBAV } from '../../support/test-decoder.ts'

t.test('removes the directory of a worker that has ended', { skip: NO_LIBAV }, async (t) => {
  const home = t.testdir()
  const missing = t.testdirName + '-missing.mp4'
  const context = { signal: new AbortController().signal, directory: '/' }
  const chosen = await chooseDecoder(
    {
      requested: 'libav',
      places: { configured: undefined, searchPath: '' },
      slots: 1,
      isWarm: false,
      isolation: NO_ISOLATION,
      openHome: async () => ({ path: home, close: async () => {} })
    },
    context
  )
  t.teardown(() => chosen.close())
  const [first] = await readdir(home)
  t.match(first, /^worker-/)
  const input = { path: missing, container: { demuxer: 'mov' }, isProbed: true, threads: 1, maxPixels: 1e6, bytes: 1 }
  // A job that fails taints its worker, which ends.
  await t.rejects(chosen.decoder.list(input, context), { code: 'corrupt_video' })
  while ((await readdir(home)).includes(String(first))) await new Promise(setImmediate)
  t.same(await readdir(home), [])
})
