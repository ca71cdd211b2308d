import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { compose } from '../src/compose.ts'
import { loadConfig } from '../src/config/config.ts'
import { buildApp } from '../src/http/app.ts'
import { fakeSettings } from './support/fake-services.ts'
import { startTraceCollector } from './support/trace-collector.ts'
import { findTestFfmpeg, H264, makeBarcodeVideo } from './support/videos.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const PARENT = 'b7ad6b7169203331'
const path = '/v1/thumbnails?key=a.mp4&timestamp=1.5'

/** Starts the whole service on a local store with one video. */
async function start (t: Test, env: Record<string, string>, isLongLived: boolean) {
  const directory = t.testdir()
  await mkdir(join(directory, 'videos'))
  await makeBarcodeVideo(join(directory, 'videos'), 'a.mp4', { seconds: 3, framesPerSecond: 24, args: [...H264] })
  const config = loadConfig(
    {
      POSTERFRAME_LOCAL_DIR: directory,
      POSTERFRAME_SCRATCH_DIR: join(directory, 'scratch'),
      FFMPEG_PATH: await findTestFfmpeg(),
      POSTERFRAME_SLOTS: '2',
      ...env
    },
    { cpus: 2, tmpdir: tmpdir(), lambda: false }
  )
  const services = await compose(config, { searchPath: '', publicUrl: () => 'http://127.0.0.1:1', isLongLived })
  const app = await buildApp(services, fakeSettings)
  const close = async () => {
    await app.close()
    await services.close()
  }
  return { app, close }
}

t.test('traces a thumbnail step by step as part of the trace of the caller', async (t) => {
  const collector = await startTraceCollector(t)
  const { app, close } = await start(t, { POSTERFRAME_OTLP_ENDPOINT: collector.endpoint }, true)
  const response = await app.inject({ url: path, headers: { traceparent: `00-${TRACE}-${PARENT}-01` } })
  t.equal(response.statusCode, 302)
  await close()

  const ours = collector.spans.filter(({ traceId }) => traceId === TRACE)
  t.equal(ours.length, collector.spans.length, 'one trace')
  const root = ours.find(({ kind }) => kind === 2)
  t.match(root, { name: 'GET /v1/thumbnails', parentSpanId: PARENT })
  const steps = ours.filter((span) => span !== root)
  t.same([...new Set(steps.map(({ name }) => name))].sort(), ['decode', 'encode', 'fetch', 'index', 'store'])
  t.ok(steps.every(({ parentSpanId }) => parentSpanId === root?.spanId))
  t.ok(
    steps.every(
      ({ startTimeUnixNano, endTimeUnixNano }) =>
        BigInt(endTimeUnixNano) >= BigInt(startTimeUnixNano) &&
        BigInt(startTimeUnixNano) >= BigInt(root?.startTimeUnixNano ?? 0) &&
        BigInt(endTimeUnixNano) <= BigInt(root?.endTimeUnixNano ?? 0)
    )
  )
  t.notMatch(collector.bodies.join(''), /a\.mp4/, 'contains no key')
})

t.test('counts a generated and a stored thumbnail, from the request to the store', async (t) => {
  const { app, close } = await start(t, { POSTERFRAME_DECODER: 'ffmpeg' }, true)
  t.teardown(close)
  const { work } = (await app.inject({ url: path, headers: { accept: 'application/json' } })).json<{
    work: { mode: string, bytesRead: number }
  }>()
  await app.inject({ url: path })
  const { body } = await app.inject({ url: '/metrics' })
  const read = (sample: string) =>
    Number(
      body
        .split('\n')
        .find((line) => line.startsWith(`${sample} `))
        ?.split(' ')[1]
    )

  t.equal(read('posterframe_http_request_duration_seconds_count{route="/v1/thumbnails",method="GET",status="200"}'), 1)
  t.equal(read('posterframe_http_request_duration_seconds_count{route="/v1/thumbnails",method="GET",status="302"}'), 1)
  t.equal(read(`posterframe_thumbnails_total{mode="${work.mode}"}`), 1)
  t.equal(read('posterframe_thumbnails_total{mode="cached"}'), 1)
  for (const step of ['fetch', 'decode', 'encode']) {
    t.equal(read(`posterframe_step_duration_seconds_count{step="${step}"}`), 1, step)
  }
  for (const step of ['index', 'store']) {
    t.equal(read(`posterframe_step_duration_seconds_count{step="${step}"}`), 2, step)
  }
  t.equal(read('posterframe_store_read_bytes_total'), work.bytesRead)
  t.ok(read('posterframe_store_written_bytes_total') > 1000)
  t.equal(read('posterframe_store_requests_total{operation="put",outcome="ok"}'), 1)
  t.ok(read('posterframe_decoder_runs_total{task="decode",exit="0"}') >= 1)
  t.equal(read('posterframe_slots_limit{kind="decode"}'), 2)
  t.equal(read('posterframe_slots_running{kind="decode"}'), 0)
  t.equal(read('posterframe_scratch_directories'), 0)
  t.ok(read('posterframe_scratch_free_bytes') > 0)
  t.notMatch(body, /a\.mp4/, 'contains no key')
})

t.test('counts batches, storyboards and previews by mode', async (t) => {
  const { app, close } = await start(t, { POSTERFRAME_DECODER: 'ffmpeg' }, true)
  t.teardown(close)
  const post = async (url: string, payload: object) =>
    (await app.inject({ method: 'POST', url, payload: { key: 'a.mp4', ...payload } })).json<{
      work: { mode: string }
      thumbnails: Array<{ work: { mode: string } }>
    }>()
  const [{ work: board }, { work: preview }] = [
    await post('/v1/storyboards', {}),
    await post('/v1/previews', { kind: 'span', duration: 3 })
  ]
  await post('/v1/storyboards', {})
  const { thumbnails } = await post('/v1/thumbnails/batch', { items: [{ width: 32 }] })
  await post('/v1/thumbnails/batch', { items: [{ width: 32 }, { width: 33 }, { width: 1 }] })
  const { body } = await app.inject({ url: '/metrics' })
  const lines = body
    .split('\n')
    .filter((line) => line.startsWith('posterframe_products_total{') && !line.endsWith(' 0'))
  t.same(
    lines.sort(),
    [
      `product="batch",mode="${thumbnails[0]?.work.mode}"`,
      'product="batch",mode="mixed"',
      `product="preview",mode="${preview.mode}"`,
      'product="storyboard",mode="cached"',
      `product="storyboard",mode="${board.mode}"`
    ]
      .map((labels) => `posterframe_products_total{${labels}} 1`)
      .sort()
  )
  t.match(body, `posterframe_thumbnails_total{mode="${thumbnails[0]?.work.mode}"} 2`)
})

t.test('records no metrics and no spans if neither is enabled', async (t) => {
  const collector = await startTraceCollector(t)
  const { app, close } = await start(t, { POSTERFRAME_OTLP_ENDPOINT: collector.endpoint }, false)
  t.equal((await app.inject({ url: path })).statusCode, 302)
  t.equal((await app.inject({ url: '/metrics' })).statusCode, 404)
  await close()
  t.same(collector.bodies, [])
})
