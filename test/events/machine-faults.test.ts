// Events with the whole service behind them, on a machine whose decoder fails for a while.
import { chmod, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { compose } from '../../src/compose.ts'
import { loadConfig } from '../../src/config/config.ts'
import { createHandleEvents } from '../../src/events/handle-events.ts'
import { buildNotification, buildQueueEvent } from '../support/source-events.ts'
import { findTestFfmpeg, H264, makeBarcodeVideo } from '../support/videos.ts'

const ffmpeg = await findTestFfmpeg()

/** Starts the service with an ffmpeg that runs the script `fault`, if there is one, for all but known pictures. */
async function start (t: Test) {
  const directory = t.testdir({ data: { videos: {} }, scratch: {} })
  await makeBarcodeVideo(join(directory, 'data/videos'), 'a.mp4', { seconds: 1, framesPerSecond: 25, args: H264 })
  const program = join(directory, 'ffmpeg')
  const fault = join(directory, 'fault')
  await writeFile(
    program,
    `#!/bin/sh
case "$*" in *-version*|*-filters*|*-decoders*|*known-picture*) exec '${ffmpeg}' "$@";; esac
if [ -e '${fault}' ]; then . '${fault}'; fi
exec '${ffmpeg}' "$@"
`
  )
  await chmod(program, 0o755)
  const config = loadConfig({
    POSTERFRAME_LOCAL_DIR: join(directory, 'data'),
    POSTERFRAME_SCRATCH_DIR: join(directory, 'scratch'),
    POSTERFRAME_EVENT_THUMBNAILS: 'poster=timestamp=0.5&width=64',
    POSTERFRAME_DECODER: 'ffmpeg',
    FFMPEG_PATH: program
  })
  const service = await compose(config, { searchPath: '', publicUrl: () => 'http://127.0.0.1:1', isLongLived: false })
  t.teardown(() => service.close())
  const handle = createHandleEvents({
    handleMessage: service.handleMessage,
    concurrency: 1,
    timeoutMs: 60_000,
    log: () => {}
  })
  const deliver = async () => {
    const event = buildQueueEvent([buildNotification([{ bucket: 'videos', key: 'a.mp4' }])])
    return await handle(event, { getRemainingTimeInMillis: () => 120_000 })
  }
  const listOutput = async () =>
    (await readdir(join(directory, 'data/thumbnails'), { recursive: true })).flatMap(
      (path) => /[^/]+\.(jpg|failed)$/.exec(path)?.[0] ?? []
    )
  return { deliver, listOutput, setFault: (script: string) => writeFile(fault, script), endFault: () => rm(fault) }
}

t.test('an event is not acknowledged while the machine fails, and its redelivery makes the thumbnail', async (t) => {
  const { deliver, listOutput, setFault, endFault } = await start(t)
  for (const fault of ['echo "sh: 1: Cannot fork" >&2; exit 2', 'kill -ABRT $$', 'exit 1']) {
    await setFault(fault)
    t.same(await deliver(), { batchItemFailures: [{ itemIdentifier: 'message-0' }] }, fault)
    t.same(await listOutput(), [], 'nothing is announced or remembered')
  }
  await endFault()
  t.same(await deliver(), { batchItemFailures: [] })
  t.ok((await listOutput()).includes('poster.jpg'))
})

t.test('an event of a video on which the decoder always dies is acknowledged and remembered', async (t) => {
  const { deliver, listOutput, setFault } = await start(t)
  await setFault('echo "ffmpeg version 9" >&2; echo "something is said" >&2; kill -SEGV $$')
  t.same(await deliver(), { batchItemFailures: [] })
  t.ok((await listOutput()).includes('poster.failed'))
})
