import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { createS3Store } from '../../src/store/s3/s3-store.ts'
import { runCommandLine, startCommand } from '../support/command-line.ts'
import { startFaultProxy } from '../support/fault-proxy.ts'
import { radosgwMissing, startRadosgw } from '../support/radosgw.ts'
import { H264, makeBarcodeVideo } from '../support/videos.ts'
import { createS3Client } from '../../src/store/s3/s3-client.ts'

const COUNT = 40
const WILD = 'films/a+b %2B, ü.mp4'

t.test('a backfill on radosgw', { skip: radosgwMissing }, async (t) => {
  const radosgw = await startRadosgw()
  Object.assign(process.env, radosgw.env)
  const client = createS3Client({ forcePathStyle: true })
  t.teardown(() => {
    client.destroy()
  })
  const store = createS3Store({ client })
  const { signal } = new AbortController()
  const film = await readFile(
    await makeBarcodeVideo(t.testdir(), 'film.mp4', {
      seconds: 1,
      framesPerSecond: 24,
      args: [...H264, '-movflags', '+faststart']
    })
  )
  const put = async (bucket: string, key: string, bytes: Uint8Array) => {
    await store.put({ bucket, key }, bytes, { signal, contentType: 'video/mp4', cacheControl: '', metadata: {} })
  }
  const listKeys = async (bucket: string, prefix = '') => {
    const keys: string[] = []
    for await (const { key } of store.list(bucket, { prefix, signal })) keys.push(key)
    return keys.sort()
  }

  /** Creates a bucket of videos that is also the output bucket, behind a proxy that records every request. */
  const prepare = async (t: Parameters<typeof startFaultProxy>[0], count: number) => {
    const bucket = await radosgw.createBucket()
    const keys = [WILD, ...Array.from({ length: count - 1 }, (_, number) => `films/${number}.mp4`)]
    for (const key of keys) await put(bucket, key, film)
    const proxy = await startFaultProxy(t, radosgw.endpoint)
    const env = {
      ...radosgw.env,
      AWS_ENDPOINT_URL_S3: proxy.endpoint,
      POSTERFRAME_S3_FORCE_PATH_STYLE: 'true',
      POSTERFRAME_SOURCE_BUCKETS: bucket,
      POSTERFRAME_OUTPUT_BUCKET: bucket
    }
    return { bucket, keys, proxy, place: { cwd: t.testdir(), env } }
  }
  const putKeys = (proxy: Awaited<ReturnType<typeof startFaultProxy>>) =>
    proxy.requests.filter(({ method }) => method === 'PUT').map(({ key }) => key)

  t.test(
    'resumes after a kill without writing twice or missing a source, with sources and output in one bucket',
    async (t) => {
      const { bucket, keys, proxy, place } = await prepare(t, COUNT)
      const args = [
        'backfill',
        `s3://${bucket}`,
        '--width',
        '64',
        '--timestamp',
        'first',
        '--journal',
        'journal',
        '--concurrency',
        '4'
      ]
      const { child, end } = await startCommand(args, place)
      proxy.decide = () => {
        if (putKeys(proxy).length >= COUNT / 2) child.kill('SIGKILL')
        return undefined
      }
      await end
      proxy.decide = () => undefined
      // Wait until the requests that were in flight at the kill have arrived.
      let before = await listKeys(bucket, 'thumbnails/')
      for (let again: string[]; (again = await listKeys(bucket, 'thumbnails/')).length !== before.length;) {
        before = again
      }
      t.ok(before.length >= COUNT / 2 - 1 && before.length < COUNT, `${before.length}`)
      proxy.requests.length = 0
      const resumed = await runCommandLine(args, place)
      t.equal(resumed.exitCode, 0, resumed.stderr)
      const written = putKeys(proxy)
      t.same(
        written.filter((key) => before.includes(key)),
        [],
        'no stored thumbnail was written again'
      )
      t.equal(new Set(written).size, written.length, 'nothing was written twice')
      const after = await listKeys(bucket, 'thumbnails/')
      t.same(after, [...before, ...written].sort())
      t.same(
        after.map((key) => key.replace(/\/[0-9a-f]{32}\.jpg$/, '')),
        keys.map((key) => `thumbnails/${key}`).sort(),
        'no source was missed'
      )
      proxy.requests.length = 0
      t.match(await runCommandLine(args, place), { exitCode: 0, stdout: /"doneBefore":40/ })
      t.same(
        proxy.requests.filter(({ key }) => key !== '').map(({ method, key }) => `${method} ${key}`),
        [],
        'no request is sent for sources in the journal'
      )
    }
  )

  t.test('finds stored thumbnails without a journal, and does not process generated pictures', async (t) => {
    const { bucket, proxy, place } = await prepare(t, 3)
    const args = ['backfill', `s3://${bucket}`, '--width', '64']
    t.match(await runCommandLine(args, place), { exitCode: 0, stdout: /"made":3,"found":0/ })
    proxy.requests.length = 0
    t.match(await runCommandLine(args, place), { exitCode: 0, stdout: /"made":0,"found":3.*"output":3/ })
    t.same(putKeys(proxy), [])
  })

  t.test('retries temporary failures, and exits with 3 if they persist', async (t) => {
    const { bucket, proxy, place } = await prepare(t, 3)
    const env = { ...place.env, AWS_MAX_ATTEMPTS: '1' }
    proxy.decide = ({ method, key }) =>
      method === 'GET' && key === 'films/0.mp4' ? { kind: 'error', status: 503, code: 'SlowDown' } : undefined
    const args = [
      'backfill',
      `s3://${bucket}/films/`,
      '--width',
      '64',
      '--journal',
      'journal',
      '--report',
      'failures',
      '--attempts',
      '2'
    ]
    t.match(await runCommandLine(args, { ...place, env }), {
      exitCode: 3,
      stdout: /"made":2.*"failed":1,"failedTemporarily":1,"failuresByCode":\{"store_unavailable":1\}/
    })
    t.match(JSON.parse(await readFile(`${place.cwd}/failures`, 'utf8')), {
      key: 'films/0.mp4',
      code: 'store_unavailable',
      retryable: true,
      attempts: 2
    })
    proxy.decide = () => undefined
    t.match(await runCommandLine(args, { ...place, env }), { exitCode: 0, stdout: /"made":1,"found":0,"doneBefore":2/ })
  })

  t.test('reads the sources from an inventory in the store', async (t) => {
    const { bucket, place } = await prepare(t, 2)
    const encode = (key: string) => new URLSearchParams([['', key]]).toString().slice(1)
    const manifest = {
      sourceBucket: bucket,
      destinationBucket: `arn:aws:s3:::${bucket}`,
      fileFormat: 'CSV',
      fileSchema: 'Bucket, Key, Size',
      files: [{ key: 'inventory/data/1.csv.gz' }]
    }
    await put(bucket, 'inventory/day/manifest.json', Buffer.from(JSON.stringify(manifest)))
    await put(
      bucket,
      'inventory/data/1.csv.gz',
      gzipSync([WILD, 'films/0.mp4', 'inventory/x.json'].map((key) => `"${bucket}","${encode(key)}","17"\n`).join(''))
    )
    t.match(
      await runCommandLine(
        ['backfill', '--inventory', `s3://${bucket}/inventory/day/manifest.json`, '--width', '64'],
        place
      ),
      { exitCode: 0, stdout: /"made":2.*"type":1/ }
    )
  })
})
