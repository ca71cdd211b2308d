import t from 'tap'
import { createS3Client, createSigningClient } from '../../../src/store/s3/s3-client.ts'
import { createS3Store } from '../../../src/store/s3/s3-store.ts'
import { createS3UploadStore } from '../../../src/store/s3/s3-upload-store.ts'
import { testObjectStore } from '../../support/object-store-contract.ts'
import { radosgwMissing, startRadosgw } from '../../support/radosgw.ts'
import { testUploadStore } from '../../support/upload-store-contract.ts'

const PUBLIC = 'https://s3.example:9443'
const { signal } = new AbortController()

t.test('signs every URL and form for the public endpoint, and sends requests to the inner one', async (t) => {
  Object.assign(process.env, { AWS_REGION: 'eu-central-1', AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' })
  const credentials = { accessKeyId: 'AKID', secretAccessKey: 'SECRET', sessionToken: 'TOKEN' }
  for (const [forcePathStyle, base] of [
    [true, `${PUBLIC}/videos`],
    [false, 'https://videos.s3.example:9443']
  ] as const) {
    const client = createS3Client({ forcePathStyle, credentials, maxAttempts: 1 })
    t.teardown(() => client.destroy())
    const options = { client, signingClient: createSigningClient(client, PUBLIC) }
    const [store, uploadStore] = [createS3Store(options), createS3UploadStore(options)]
    const address = { bucket: 'videos', key: 'a b.mp4' }
    const { url } = await store.presignGet(address, { expiresInSeconds: 60 })
    t.ok(url.startsWith(`${base}/a%20b.mp4?`), url)
    t.match(url, /X-Amz-Credential=AKID%2F\d+%2Feu-central-1%2F.*X-Amz-Security-Token=TOKEN/)
    t.notMatch(url, /checksum/i)
    const target = { ...address, contentType: 'video/mp4', metadata: {} }
    const form = await uploadStore.presignForm(target, { bytes: 5, expiresInSeconds: 60 })
    t.equal(form.url, `${base}${forcePathStyle ? '' : '/'}`)
    const upload = { ...address, uploadId: 'u' }
    const part = await uploadStore.presignPart(upload, { number: 1, bytes: 5, expiresInSeconds: 60 })
    t.ok(part.url.startsWith(`${base}/a%20b.mp4?`), part.url)
    await t.rejects(store.head(address, { signal }), { code: 'store_unavailable', cause: { port: 1 } })
  }
  const client = createS3Client({ forcePathStyle: true, credentials })
  t.teardown(() => client.destroy())
  t.equal(createSigningClient(client, undefined), client, 'without a public endpoint, there is one client')
})

t.test('the stores on radosgw, under another name for browsers', { skip: radosgwMissing }, async (t) => {
  const radosgw = await startRadosgw()
  Object.assign(process.env, radosgw.env)
  const client = createS3Client({ forcePathStyle: true })
  t.teardown(() => client.destroy())
  const publicEndpoint = radosgw.endpoint.replace('127.0.0.1', 'localhost')
  t.not(publicEndpoint, radosgw.endpoint)
  const options = { client, signingClient: createSigningClient(client, publicEndpoint) }
  const late = { ...options, now: () => new Date(Date.now() - 7_200_000) }
  const bucket = await radosgw.createBucket()
  const store = createS3Store(options)
  testObjectStore(t, { store, lateStore: createS3Store(late), bucket })
  testUploadStore(t, {
    store,
    uploadStore: createS3UploadStore(options),
    lateUploadStore: createS3UploadStore(late),
    bucket: await radosgw.createBucket()
  })
})
