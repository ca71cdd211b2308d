// The recipes of docs/uploads.md, with a service of its own.
import { execFile } from 'node:child_process'
import {
  GetBucketLifecycleConfigurationCommand,
  type LifecycleRule,
  PutBucketLifecycleConfigurationCommand,
  S3Client
} from '@aws-sdk/client-s3'
import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { radosgwMissing, startRadosgw } from '../support/radosgw.ts'
import { readUploadsBlock, startForPage } from '../support/upload-deployment.ts'
import { H264, makeBarcodeVideo } from '../support/videos.ts'

const run = promisify(execFile)
const recipes = [...readFileSync('docs/uploads.md', 'utf8').matchAll(/^```sh run\n([^]*?)^```$/gm)].map(
  ([, text = '']) => text
)
const toolsMissing = await run('bash', ['-c', 'curl --version && jq --version']).then(
  () => false as const,
  () => 'needs bash, curl and jq'
)

for (const [store, missing] of [
  ['local', false],
  ['s3', radosgwMissing]
] as const) {
  t.test(`the recipes upload to the ${store} store`, { skip: toolsMissing || missing }, async (t) => {
    t.equal(recipes.length, 3)
    const service = await startForPage(t, store, 'https://www.example.com')
    const cwd = join(service.directory, 'work')
    await mkdir(cwd)
    await makeBarcodeVideo(cwd, 'video.mp4', { seconds: 1, framesPerSecond: 25, args: H264 })
    const runRecipe = async (text = 'false') =>
      JSON.parse(
        (await run('bash', ['-euo', 'pipefail', '-c', text.replaceAll('http://127.0.0.1:3000', service.base)], { cwd }))
          .stdout
      ) as Record<string, unknown>
    const [form, put, parts] = recipes
    for (const recipe of [form, put]) {
      t.match(await runRecipe(recipe), {
        width: 320,
        contentType: 'image/jpeg',
        source: { key: /^uploads\/.*\/video\.mp4$/ }
      })
    }
    const completed = await runRecipe(parts)
    t.match(completed, { key: /^uploads\/.*\/video\.mp4$/ })
    t.match(await service.makeFromKey(String(completed['key']), { timestamp: '0.5', width: 64 }), { status: 201 })
  })
}

t.test('continues an upload in parts after a restart, because the local store keeps a secret', async (t) => {
  const first = await startForPage(t, 'local', 'https://www.example.com')
  const { body } = await first.call('/v1/uploads', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ filename: 'a.mp4', contentType: 'video/mp4', bytes: 3, parts: true })
  })
  await first.stop()
  const { startPosterframe } = await import('./posterframe.ts')
  const second = await startPosterframe(t, {}, first.directory)
  t.match(await second.call(`/v1/uploads/${String(body['token'])}`), { status: 200, body: { partCount: 1, parts: [] } })
})

t.test('a bucket accepts the lifecycle rules of the document', { skip: radosgwMissing }, async (t) => {
  const radosgw = await startRadosgw()
  const bucket = await radosgw.createBucket()
  const client = new S3Client({
    endpoint: radosgw.endpoint,
    credentials: radosgw.credentials,
    region: 'us-east-1',
    forcePathStyle: true
  })
  t.teardown(() => {
    client.destroy()
  })
  const rules = readUploadsBlock('lifecycle') as { Rules: LifecycleRule[] }
  await client.send(new PutBucketLifecycleConfigurationCommand({ Bucket: bucket, LifecycleConfiguration: rules }))
  const { Rules } = await client.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }))
  t.match(
    Rules?.find(({ AbortIncompleteMultipartUpload }) => AbortIncompleteMultipartUpload !== undefined),
    { Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 } }
  )
})
