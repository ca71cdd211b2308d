import t from 'tap'
import { ERROR_CATALOGUE } from '../../src/errors.ts'
import { createPrometheus } from '../../src/telemetry/prometheus.ts'

/** Returns the lines of one metric. */
const pick = (text: string, name: string) =>
  text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))

t.test('prints what was recorded', async (t) => {
  const metrics = createPrometheus()
  const request = { route: '/v1/thumbnails', method: 'POST', seconds: 0.3 }
  metrics.countRequest({ ...request, status: 201, errorCode: undefined })
  metrics.countRequest({ ...request, status: 422, errorCode: 'corrupt_video' })
  metrics.countThumbnail('ranged')
  metrics.countProduct('batch', 'mixed')
  metrics.countProduct('storyboard', 'ranged')
  metrics.timeStep('decode', 0.07)
  metrics.countStoreRequest('get', 'ok')
  metrics.countStoreRequest('get', 'store_unavailable')
  metrics.countStoreBytes('read', 1000)
  metrics.countStoreBytes('read', 500)
  metrics.countStoreBytes('written', 7)
  metrics.countDecoderRun('decode', 'SIGKILL')
  metrics.countWorkerEnd('crashed')

  const { contentType, text } = await metrics.print()
  t.match(contentType, /^text\/plain; version=0\.0\.4/)
  t.same(pick(text, 'posterframe_http_request_duration_seconds_count'), [
    'posterframe_http_request_duration_seconds_count{route="/v1/thumbnails",method="POST",status="201"} 1',
    'posterframe_http_request_duration_seconds_count{route="/v1/thumbnails",method="POST",status="422"} 1'
  ])
  t.ok(
    text.includes(
      'posterframe_http_request_duration_seconds_bucket{le="0.25",route="/v1/thumbnails",method="POST",status="201"} 0'
    )
  )
  t.ok(
    text.includes(
      'posterframe_http_request_duration_seconds_bucket{le="0.5",route="/v1/thumbnails",method="POST",status="201"} 1'
    )
  )
  t.same(
    pick(text, 'posterframe_errors_total').filter((line) => !line.endsWith(' 0')),
    ['posterframe_errors_total{code="corrupt_video"} 1']
  )
  t.equal(pick(text, 'posterframe_errors_total').length, Object.keys(ERROR_CATALOGUE).length, 'each code, from 0 on')
  t.same(pick(text, 'posterframe_thumbnails_total'), [
    'posterframe_thumbnails_total{mode="ranged"} 1',
    'posterframe_thumbnails_total{mode="full"} 0',
    'posterframe_thumbnails_total{mode="cached"} 0'
  ])
  const products = pick(text, 'posterframe_products_total')
  t.same(
    products.filter((line) => !line.endsWith(' 0')),
    [
      'posterframe_products_total{product="batch",mode="mixed"} 1',
      'posterframe_products_total{product="storyboard",mode="ranged"} 1'
    ]
  )
  t.equal(products.length, 10, 'all possible series, from 0 on')
  t.same(pick(text, 'posterframe_step_duration_seconds_sum'), [
    'posterframe_step_duration_seconds_sum{step="decode"} 0.07'
  ])
  t.same(pick(text, 'posterframe_store_requests_total'), [
    'posterframe_store_requests_total{operation="get",outcome="ok"} 1',
    'posterframe_store_requests_total{operation="get",outcome="store_unavailable"} 1'
  ])
  t.same(pick(text, 'posterframe_store_read_bytes_total'), ['posterframe_store_read_bytes_total 1500'])
  t.same(pick(text, 'posterframe_store_written_bytes_total'), ['posterframe_store_written_bytes_total 7'])
  t.same(pick(text, 'posterframe_decoder_runs_total'), [
    'posterframe_decoder_runs_total{task="decode",exit="SIGKILL"} 1'
  ])
  t.same(pick(text, 'posterframe_decoder_worker_ends_total'), [
    'posterframe_decoder_worker_ends_total{reason="crashed"} 1'
  ])
  t.ok(
    pick(text, 'process_resident_memory_bytes').length === 1 &&
      pick(text, 'nodejs_eventloop_lag_p99_seconds').length === 1
  )
})

t.test('reads semaphores and scratch on request, and tolerates one that cannot be read', async (t) => {
  const metrics = createPrometheus()
  const semaphore = { running: 1, waiting: 0 }
  const use = { directories: 2, usedBytes: 3000, freeBytes: 10 }
  let isBroken = false
  metrics.watchSlots('decode', semaphore, 4)
  metrics.watchScratch(async () => {
    if (isBroken) throw new Error('gone')
    return use
  })
  Object.assign(semaphore, { running: 4, waiting: 7 })
  const read = async () => {
    const { text } = await metrics.print()
    return [
      ...pick(text, 'posterframe_slots_running'),
      ...pick(text, 'posterframe_slots_waiting'),
      ...pick(text, 'posterframe_slots_limit'),
      ...['directories', 'used_bytes', 'free_bytes'].flatMap((name) => pick(text, `posterframe_scratch_${name}`))
    ]
  }
  const expected = [
    'posterframe_slots_running{kind="decode"} 4',
    'posterframe_slots_waiting{kind="decode"} 7',
    'posterframe_slots_limit{kind="decode"} 4',
    'posterframe_scratch_directories 2',
    'posterframe_scratch_used_bytes 3000',
    'posterframe_scratch_free_bytes 10'
  ]
  t.same(await read(), expected)
  isBroken = true
  t.same(await read(), expected)
})
