import { readdir } from 'node:fs/promises'
import t, { type Test } from 'tap'
import { type Isolation, NO_ISOLATION } from '../../../src/sandbox/isolation.ts'
import { NO_RECORDER } from '../../../src/telemetry/recorder.ts'
import { type ChosenDecoder, chooseDecoder, type DecoderSettings } from '../../../src/video/decode/choose-decoder.ts'
import { NO_LIBAV } from '../../support/test-decoder.ts'
import { findTestFfmpeg } from '../../support/videos.ts'

async function choose (t: Test, settings: Partial<DecoderSettings>): Promise<ChosenDecoder> {
  const home = t.testdir()
  const chosen = await chooseDecoder(
    {
      requested: undefined,
      places: { configured: await findTestFfmpeg(), searchPath: '' },
      slots: 1,
      isWarm: false,
      isolation: NO_ISOLATION,
      openHome: async () => ({ path: home, close: async () => {} }),
      ...settings
    },
    { signal: new AbortController().signal, directory: '/' }
  )
  t.teardown(() => chosen.close())
  return chosen
}

/** An isolation in which no worker of libav starts. */
const NO_WORKERS: Isolation = {
  ...NO_ISOLATION,
  wrapCommand: (command) => (command.some((part) => part.includes('libav-worker')) ? ['/bin/false'] : [...command])
}

t.test('prefers libav to the program, even to a configured one', { skip: NO_LIBAV }, async (t) => {
  t.match((await choose(t, {})).description, /^libav \d/)
})

t.test('uses the program if that is requested', async (t) => {
  t.match((await choose(t, { requested: 'ffmpeg' })).description, /^ffmpeg \d/)
})

t.test('uses the program, and says why, if libav is installed but does not load', { skip: NO_LIBAV }, async (t) => {
  const { description } = await choose(t, { isolation: NO_WORKERS })
  t.match(description, /^ffmpeg \d.*, because libav is installed but does not load$/)
})

t.test('fails if neither runs, or if the requested one does not', { skip: NO_LIBAV }, async (t) => {
  const places = { configured: '/nowhere/ffmpeg', searchPath: '' }
  await t.rejects(choose(t, { isolation: NO_WORKERS, places }), /libav does not load.*POSTERFRAME_DECODER=ffmpeg/)
  await t.rejects(choose(t, { requested: 'libav', isolation: NO_WORKERS }), /libav does not load/)
  await t.rejects(choose(t, { requested: 'ffmpeg', places }), /nowhere/)
})

t.test('removes the directory of a worker that has ended', { skip: NO_LIBAV }, async (t) => {
  const chosen = await choose(t, { requested: 'libav' })
  const home = t.testdirName
  const missing = t.testdirName + '-missing.mp4'
  const context = { signal: new AbortController().signal, directory: '/' }
  const [first] = await readdir(home)
  t.match(first, /^worker-/)
  const input = { path: missing, container: { demuxer: 'mov' }, isProbed: true, threads: 1, maxPixels: 1e6, bytes: 1 }
  // A job that fails taints its worker, which ends.
  await t.rejects(chosen.decoder.list(input, context), { code: 'corrupt_video' })
  while ((await readdir(home)).includes(String(first))) await new Promise(setImmediate)
  t.same(await readdir(home), [])
})

t.test('replaces a worker after the configured number of jobs', { skip: NO_LIBAV }, async (t) => {
  const ends: string[] = []
  const recorder = { ...NO_RECORDER, countWorkerEnd: (reason: string) => ends.push(reason) }
  const chosen = await choose(t, { requested: 'libav', workerJobs: 1, recorder })
  await chosen.check({ signal: new AbortController().signal, directory: '/' })
  t.same(ends, ['retired', 'retired'], 'the job that asks for its version counts too')
})
